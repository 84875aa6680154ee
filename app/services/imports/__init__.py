"""Files sent over HTTP: kept as they came, then imported by a worker, page by page."""
