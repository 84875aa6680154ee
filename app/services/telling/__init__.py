"""What the feed is told of that enters no fold, and what it is not told: names."""
