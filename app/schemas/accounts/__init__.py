"""What clients send and see of accounts."""
