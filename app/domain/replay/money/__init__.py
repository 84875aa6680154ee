"""Where money goes when it comes, leaves again, or is given up."""
