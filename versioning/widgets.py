"""Widgets of forms in the admin."""

from __future__ import annotations

from django import forms


class DayInput(forms.DateInput):
    """Asks for a day with the browser's own field.

    Wagtail's makes today of a day that does not exist, without a word.
    """

    input_type = "date"

    def __init__(self, attrs: dict[str, str] | None = None) -> None:
        """Write the day as browsers read it, whatever the language."""
        super().__init__(attrs, format="%Y-%m-%d")
