"""Versions and comparisons as files to hand out: Word, PDF and JSON."""
