"""`accord demo`: a story played against a running server."""
