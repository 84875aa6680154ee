"""Reports at the command line, and who may read figures by SQL."""
