"""What clients send and see of reages."""
