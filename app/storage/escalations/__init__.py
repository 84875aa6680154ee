"""Accounts that another desk is to look at: supervisors, legal, compliance, complaints."""
