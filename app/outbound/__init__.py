"""Speaking to other people's servers. Nothing else of Accord opens a connection outward."""
