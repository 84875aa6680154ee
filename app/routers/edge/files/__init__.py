"""Files sent as bodies, and how they are read."""
