"""How is an endpoint told? Where it may be, what it wants, when to try again, when to stop."""
