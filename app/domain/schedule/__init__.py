"""What terms come to: amounts, dates, interest."""
