"""What happened: the facts."""
