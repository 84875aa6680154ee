"""What reports read: accounts a page at a time, what the ledger sums to, who had what assigned."""
