"""Messages as stored: how each stands, what it says, and its facts."""
