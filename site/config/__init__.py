"""The ready-to-run site."""
