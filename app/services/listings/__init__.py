"""Reports that list things one by one, however many there are, as files."""
