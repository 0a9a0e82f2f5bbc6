"""Public pages of versions, comparisons and submissions."""
