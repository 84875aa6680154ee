"""What every schema stands on."""
