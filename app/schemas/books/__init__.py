"""What clients send and see of books."""
