"""What a debtor was shown, and agreed to."""
