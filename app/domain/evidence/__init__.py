"""What is handed to a court or an auditor, and whether an account may go there."""
