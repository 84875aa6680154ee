"""What is said to whom: templates in versions, filled from the books and rendered."""
