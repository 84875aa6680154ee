"""Which accounts are worked, in which order, and why."""
