"""What clients send and see of templates."""
