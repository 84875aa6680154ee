"""What clients send and see of settlements."""
