"""Which accounts and quotes wait for a day to be closed."""
