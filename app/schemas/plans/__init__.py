"""What clients send and see of plans."""
