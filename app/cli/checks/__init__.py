"""What is held against what it was said to be: stored books, and files that left."""
