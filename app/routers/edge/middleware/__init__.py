"""What happens to every request around its route, whatever it asks."""
