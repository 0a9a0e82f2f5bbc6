"""The numbers of a year: reports by reason and what became of them, and no person."""

from io import BytesIO

import openpyxl
import pytest
import time_machine

from annotations.admin import links
from annotations.services.deciding import decide_report
from annotations.services.moderating import hide_annotation
from tests.admin_pages import signed_in
from tests.factories import make_user
from tests.factories.annotations import annotate, open_version
from tests.factories.reports import REASONS, REPORTER, make_report

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("root")]


@pytest.fixture
def moderator():
    return make_user("moderator")


def test_the_numbers_of_a_year_tell_reasons_and_decisions_and_no_person(moderator):
    with time_machine.travel("2026-03-01T12:00Z", tick=False):
        one, two = make_report(annotate(open_version())), make_report(reason="spam", text="2")
    with time_machine.travel("2026-12-31T23:30Z", tick=False):
        make_report(text="schon 2027 in Berlin")
    with time_machine.travel("2026-03-02T12:00Z", tick=False):
        decide_report(report=one, actor=moderator, is_upheld=True, answer="Ja", reasons=REASONS)
        decide_report(report=two, actor=moderator, is_upheld=False, answer="Nein")
        hide_annotation(annotation=annotate(open_version()), actor=moderator, ground="Regel 3")
    client = signed_in(moderator)

    lines = client.get(links.numbers_url(2026, "csv")).content.decode().splitlines()
    rows = {line.split(",")[1]: line.split(",")[2:] for line in lines[1:]}
    assert rows["Alle"] == ["2", "1", "1", "1", "0", "0", "0", "24", "1", "0", "0"]
    spam = rows["Es ist Werbung oder Spam"]
    assert spam == ["1", "0", "0", "1", "0", "0", "0", "24", "0", "0", "0"]
    own = rows["Ohne Meldung: Es verstößt gegen die Regeln für Beiträge"]
    assert own == [*[""] * 8, "1", "0", "0"]
    book = openpyxl.load_workbook(
        BytesIO(client.get(links.numbers_url(2026, "xlsx")).getvalue()), read_only=True
    )
    table = [[cell.value for cell in row] for row in book.active]
    assert table[-3][1:4] == ["Alle", 2, 1]
    everything = "\n".join(lines) + str(table)
    assert not [secret for secret in REPORTER if secret in everything.lower()]
    assert client.get(links.numbers_url(2027, "csv")).content.decode().count(",1,") >= 1


@pytest.mark.parametrize("year", [0, 99999, 1999])
def test_years_that_are_none_have_no_numbers(moderator, year):
    assert signed_in(moderator).get(links.numbers_url(year, "csv"), follow=True).status_code == 404
