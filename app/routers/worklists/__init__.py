"""Which accounts are worked, by whom, and what was done."""
