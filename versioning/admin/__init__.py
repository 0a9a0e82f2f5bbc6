"""Versions, changes, the gate and its decisions in Wagtail's admin."""
