"""Messages in requests and answers."""
