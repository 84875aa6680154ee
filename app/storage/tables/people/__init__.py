"""How a person is reached, what was done to reach them, and what is kept or forgotten of it."""
