"""What clients see of an import."""
