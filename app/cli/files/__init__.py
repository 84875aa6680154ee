"""Files that come and go: imports, spreadsheets, settlement files, and whatever is written out."""
