"""What to offer a person who can pay so much."""
