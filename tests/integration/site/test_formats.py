"""Dates and numbers as each language writes them."""

from datetime import datetime

import pytest
from django.template.defaultfilters import date
from django.utils import translation

from versioning.templatetags.comparison_tags import grouped

MOMENT = datetime(2026, 11, 2, 17, 5)


@pytest.mark.parametrize("name", ["DATE", "SHORT_DATE", "DATETIME", "SHORT_DATETIME"])
def test_english_dates_say_the_month_in_words(name):
    with translation.override("en"):
        shown = date(MOMENT, f"{name}_FORMAT")
    assert shown.startswith("2 Nov")
    assert shown.endswith("17:05" if "TIME" in name else " 2026")


def test_german_dates_stay_as_django_writes_them():
    with translation.override("de"):
        assert date(MOMENT, "DATE_FORMAT") == "2. November 2026"
        assert date(MOMENT, "SHORT_DATE_FORMAT") == "02.11.2026"


@pytest.mark.parametrize(
    ("language", "number", "shown"),
    [
        ("de", 1660, "1.660"),
        ("en", 1660, "1,660"),
        ("de", 999, "999"),
        ("de", 1234567, "1.234.567"),
    ],
)
def test_large_numbers_have_the_separator_of_the_language(language, number, shown):
    with translation.override(language):
        assert grouped(number) == shown
