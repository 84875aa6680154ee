"""Pages for people: what this is, the API to try, what its refusals mean, the guides."""
