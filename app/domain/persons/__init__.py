"""What a person has said, and what follows from it."""
