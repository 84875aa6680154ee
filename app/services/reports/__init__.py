"""Reports: a question answered as of any day, by what was known then, and written down."""
