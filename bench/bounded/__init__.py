"""Where a worker's memory could grow, and that it doesn't."""
