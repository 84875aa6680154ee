"""What clients send and see of changes."""
