"""How each fact changes the account, and the fold of them all."""
