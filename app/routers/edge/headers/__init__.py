"""What is added to the head of every answer."""
