"""Files that are imported: sent, followed, and what was rejected of them."""
