"""What is taken in as files."""
