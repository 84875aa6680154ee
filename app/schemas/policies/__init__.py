"""What clients send and see of policies."""
