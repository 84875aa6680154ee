"""What managers are told: reports as of any day, each a table that its question decides."""
