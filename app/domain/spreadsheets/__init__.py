"""What the cells of a sheet mean, and what they never mean."""
