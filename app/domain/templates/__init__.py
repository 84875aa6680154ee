"""Which words are sent: in which language, with which variables, and are they fit to be."""
