"""What every route stands on."""
