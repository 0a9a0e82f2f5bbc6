from versioning.core.numbering import cite
from versioning.core.passages import PassageText


def document(*lines: str) -> list[PassageText]:
    """Read ``# Title`` as a heading of level 1, ``## …`` of level 2, else a paragraph."""
    found = []
    for line in lines:
        marks = len(line) - len(line.lstrip("#"))
        kind = "heading" if marks else "paragraph"
        found.append(PassageText(kind=kind, text=line.lstrip("# "), level=marks))
    return found


def numbers(*lines: str) -> list[str]:
    return [citation.number for citation in cite(document(*lines))]


def test_passages_count_within_their_chapter():
    assert numbers("# A", "x", "y", "# B", "z") == ["1", "1.1", "1.2", "2", "2.1"]


def test_sub_headings_count_like_any_passage():
    assert numbers("# A", "## a", "x", "# B") == ["1", "1.1", "1.2", "2"]


def test_a_single_title_above_the_chapters_has_no_number():
    assert numbers("# Titel", "Vorwort", "## A", "x", "## B") == ["", "0.1", "1", "1.1", "2"]


def test_a_single_heading_is_a_chapter():
    assert numbers("x", "## A", "y") == ["0.1", "1", "1.1"]


def test_without_headings_passages_are_simply_counted():
    assert numbers("x", "y") == ["1", "2"]
    assert cite([]) == []


def test_a_higher_heading_after_the_first_chapter_begins_a_chapter():
    assert numbers("## A", "## B", "x", "# Anhang", "y") == ["1", "2", "2.1", "3", "3.1"]


def test_chapters_are_counted_from_1():
    found = cite(document("x", "# A", "y", "# B"))

    assert [citation.chapter for citation in found] == [0, 1, 1, 2]
