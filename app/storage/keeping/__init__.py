"""What must be kept, and what is forgotten of a person."""
