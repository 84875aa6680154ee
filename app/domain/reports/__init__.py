"""What management is told: figures of a portfolio, each a pure function of dates and facts."""
