"""What templates say, in versions that never change."""
