"""May this person be contacted now: what the gate sees, and every reason it finds against it."""
