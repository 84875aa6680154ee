"""What is written to debtors: its words, its ways out, and every fact of its way."""
