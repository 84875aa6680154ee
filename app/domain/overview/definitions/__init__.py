"""Each report as what one account adds to it, and the catalog of them all."""
