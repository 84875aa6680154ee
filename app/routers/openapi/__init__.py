"""The document of the API: what operations share in it, its names and its examples."""
