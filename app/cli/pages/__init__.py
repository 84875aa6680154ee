"""Pages of the docs that are made of the code, one module a page."""
