"""The one statement that writes, and what reads what it wrote."""
