"""What a fact itself adds to the books: its rows of the ledger, its events; one file a noun."""
