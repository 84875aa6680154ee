"""How it stands on a day."""
