"""What entering a fact adds to the books: postings and events."""
