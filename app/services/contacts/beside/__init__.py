"""What stands beside a contact: what it is linked to, what others call it, who put it right."""
