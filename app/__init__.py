"""Accord: payment plans on overdue debt, right to the cent and to the day."""
