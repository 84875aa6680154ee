"""Messages: asked for, prepared, claimed, sent, recorded, and what became of each."""
