"""Algorithms of annotating on plain data: no Django, no clock, no database."""
