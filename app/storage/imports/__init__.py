"""Files that are being imported: what was sent, how far each is, and what was rejected."""
