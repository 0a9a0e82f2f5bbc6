"""English as the city writes it."""
