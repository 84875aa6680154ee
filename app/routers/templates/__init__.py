"""What is said to debtors: templates saved, read, tried."""
