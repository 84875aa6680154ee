"""What may be agreed, charged and granted, and by whom."""
