"""Who works an account, and who belongs to which team."""
