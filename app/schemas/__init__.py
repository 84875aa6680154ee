"""What clients send and see: pydantic models, imported by the routers only."""
