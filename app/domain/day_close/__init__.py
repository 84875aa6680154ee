"""What a day changes by itself."""
