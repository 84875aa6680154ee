"""What waits for somebody else to decide, and what is decided of it."""
