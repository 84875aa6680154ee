"""Files in: imports and reconciliation."""
