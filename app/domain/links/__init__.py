"""What a debtor may do alone by a signed link."""
