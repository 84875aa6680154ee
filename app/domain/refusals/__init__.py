"""How Accord says no, one file a noun."""
