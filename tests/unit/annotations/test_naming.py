"""Nobody bears the name of an office, however it is written; everybody else bears theirs."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from annotations.core.naming import imitates, reserve

RESERVED = reserve(
    ["Senat", "Senats*", "Bezirksamt*", "Bürgermeister*", "Moderation", "Redaktion", "Admin",
     "Verwaltung", "Rat der Bürgermeister"],
    ["Paul Rabe", "p.rabe"],
)  # fmt: skip

REFUSED = [
    "Senat",
    "SENAT",
    "senat",
    "Senatskanzlei Berlin",
    "Der Senat von Berlin",
    "S e n a t",
    "S.e.n.a.t",
    "Se-nat",
    "Sen\u200bat",  # zero width space
    "Se\u00adnat",  # soft hyphen
    "\u202eSenat",  # right-to-left override
    "Sénat",
    "Ｓｅｎａｔ",  # full width
    "𝐒𝐞𝐧𝐚𝐭",  # mathematical bold
    "Ⓢⓔⓝⓐⓣ",
    "Sеnаt",  # Cyrillic е and а
    "SΕNΑΤ",  # Greek Ε, Α, Τ
    "5enat",
    "$enat",
    "S3n4t2026",
    "Senat_2026",
    "team@senat",
    "SenatBerlin",
    "Bezirksamt-Mitte",
    "Bezirksamtsleitung",
    "Bürgermeister",
    "Buergermeister Weber",
    "Burgermeisterin",
    "BU\u0308RGERMEISTER",  # combining dots
    "M0deration",
    "Moderatıon",  # dotless i
    "ModeratlON",
    "Redakti\u043en",  # Cyrillic о
    "Adrnin",  # r and n
    "AdmIn",
    "4dmin",
    "VervvaItung",  # v and v, a large i
    "Rat\u3164der Bürgermeister",  # a filler without ink
    "paul  rabe",
    "PRabe",
]
ALLOWED = [
    "Senta",
    "Senatore",
    "Sena Tsuji",
    "Verwalterin Müller",
    "Jens Amtmann",
    "Amina R.",
    "Bürger Meisterhaft",
    "Moderne Stadt",
    "Redakteurin",
    "Adam Minh",
    "Linie 17",
    "Gast 0815",
    "Paul",
    "Paul Rabenstein",
    "Rabe, Paul und Petra",
    "Ольга",
    "Δημήτρης",
    "محمد",
    "陳大文",
    "🙂",
]


@pytest.mark.parametrize("name", REFUSED)
def test_a_name_that_reads_like_an_office_is_recognised(name):
    assert imitates(name, RESERVED)


@pytest.mark.parametrize("name", ALLOWED)
def test_a_name_that_only_shares_letters_with_an_office_is_nobody_elses(name):
    assert not imitates(name, RESERVED)


@given(st.text(max_size=60))
def test_any_text_can_be_asked_about(name):
    assert imitates(name, RESERVED) in {True, False}


@given(st.text(alphabet=st.characters(categories=["Lu", "Ll", "Nd"]), min_size=1, max_size=20))
def test_every_name_with_a_letter_imitates_itself(name):
    assert imitates(name, reserve([name]))
    assert imitates(name, reserve([], [name]))


@given(st.text(max_size=20))
def test_nothing_is_reserved_by_an_empty_list(name):
    assert not imitates(name, reserve([" ", "*", "\u200b", "-"], [""]))
