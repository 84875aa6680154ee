"""The law, and the house, as data."""
