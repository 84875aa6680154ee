"""With which status is each refusal answered? One line of a table for each."""
