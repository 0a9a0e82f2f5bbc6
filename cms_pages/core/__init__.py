"""Algorithms of the site's pages on plain data."""
