"""How a text looks on paper: letterhead, window, tables, pages, and the same bytes each time."""
