"""Plans and quotes."""
