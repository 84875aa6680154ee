"""What clients send and see of payments."""
