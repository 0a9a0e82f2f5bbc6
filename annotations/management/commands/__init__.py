"""Commands of the annotations app."""
