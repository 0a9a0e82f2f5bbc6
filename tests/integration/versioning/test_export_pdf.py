"""PDF files are tagged, named, in a language, and fetch nothing but what is their own."""

import io
import re
import socket
import threading
from itertools import groupby

import pytest
from django.core.files.images import ImageFile
from django.urls import reverse
from PIL import Image as Pixels
from wagtail.images import get_image_model

from tests.factories import make_draft, make_user, publish
from versioning.comparisons import compare_versions
from versioning.exports import pdf
from versioning.exports.resources import RefusedAddress, Resources, image_address
from versioning.models import Change, Passage
from versioning.services.changes import explain_changes
from versioning.services.withholding import withhold_passage

pikepdf = pytest.importorskip("pikepdf")
pytestmark = [
    pytest.mark.django_db,
    pytest.mark.skipif(not pdf.is_available(), reason="Pango is not installed here"),
]

FIRST = (
    "<h2>Ziele</h2><p>Die Stadt gehört allen Menschen.</p><p>Busse fahren jede Stunde.</p>"
    "<p>Der Hafen bleibt offen, auch im Winter.</p><ul><li>Erstens.</li><li>Zweitens.</li></ul>"
    "<h3>Wege</h3><p>Wer kein Telefon hat, geht zum Schalter.</p>"
    "<table><tr><th>Jahr</th><th>Ziel</th></tr><tr><td>2030</td><td>Halb</td></tr></table>"
)
MOVED = "<p>Der Hafen bleibt offen, auch im Winter.</p>"
SECOND = FIRST.replace(MOVED, "").replace("allen", "allen klugen").replace("Halb", "Ganz") + MOVED


@pytest.fixture
def versions(root):
    draft = make_draft(title="Strategie am Fluss", html=FIRST)
    return [publish(draft, label="Entwurf"), publish(draft, html=SECOND)]


def opened(content: bytes):
    return pikepdf.open(io.BytesIO(content))


def roles(document) -> list[str]:
    """Return the roles of all elements of the structure, in reading order."""
    found = []

    def walk(element):
        if not isinstance(element, pikepdf.Dictionary):
            return
        if "/S" in element:
            found.append(str(element.S))
        kids = element.get("/K")
        for kid in kids if isinstance(kids, pikepdf.Array) else [kids]:
            walk(kid)

    walk(document.Root.StructTreeRoot)
    return found


def text_of(content: bytes) -> str:
    """Return the words of a PDF by the tables of its fonts."""
    words = []
    with opened(content) as document:
        for page in document.pages:
            fonts = {name: _letters(font) for name, font in page.resources.Font.items()}
            current = {}
            for operands, operator in pikepdf.parse_content_stream(page):
                if str(operator) == "Tf":
                    current = fonts[str(operands[0])]
                elif str(operator) in {"TJ", "Tj"}:
                    words.append(_shown(operands[0], current))
                elif str(operator) in {"ET", "Td", "Tm"}:
                    words.append(" ")
    return re.sub(r"\s+", " ", "".join(words))


def _letters(font) -> dict[int, str]:
    table = font.ToUnicode.read_bytes().decode()
    pairs = re.findall(r"<([0-9a-f]+)> <([0-9a-f]+)>", table, re.IGNORECASE)
    return {int(code, 16): bytes.fromhex(text).decode("utf-16-be") for code, text in pairs}


def _shown(operand, letters) -> str:
    parts = operand if isinstance(operand, pikepdf.Array) else [operand]
    found = []
    for part in parts:
        if isinstance(part, pikepdf.String):
            data = bytes(part)
            codes = [int.from_bytes(data[at : at + 2], "big") for at in range(0, len(data), 2)]
            found += [letters.get(code, "") for code in codes]
    return "".join(found)


def squeezed(text: str) -> str:
    return re.sub(r"\s", "", text)


def test_a_version_is_tagged_with_title_language_and_date(versions):
    with opened(pdf.version_pdf(versions[1])) as document:
        assert bool(document.Root.MarkInfo.Marked) is True
        assert str(document.Root.Lang) == "de"
        assert bool(document.Root.ViewerPreferences.DisplayDocTitle) is True
        assert str(document.docinfo.Title) == "Strategie am Fluss: Fassung 2"
        moment = versions[1].published_at
        assert f"{moment:%Y}" in str(document.docinfo.CreationDate)
        found = roles(document)
        assert {"/H1", "/H2", "/H3", "/P", "/L", "/LI", "/Table", "/TH", "/TD"} <= {*found}
        with document.open_metadata() as meta:
            assert meta["pdfuaid:part"] == "1"


def test_headings_of_a_version_are_bookmarks_with_their_numbers(versions):
    with opened(pdf.version_pdf(versions[1])) as document, document.open_outline() as outline:
        [title] = outline.root
        [chapter] = title.children
        assert title.title == "Strategie am Fluss"
        assert [chapter.title, chapter.children[0].title] == ["1 Ziele", "1.5 Wege"]


def test_a_version_has_its_words_numbers_hash_and_address(versions):
    version = versions[1]
    text = squeezed(text_of(pdf.version_pdf(version)))
    for passage in version.passages.all():
        assert squeezed(passage.text) in text
        assert passage.number in text
    assert version.content_hash in text
    assert squeezed(f"http://localhost{version.get_absolute_url()}") in text


def test_a_comparison_says_inserted_and_deleted_in_words_and_signs(versions):
    text = squeezed(text_of(pdf.comparison_pdf(compare_versions(*versions))))
    assert "eingefügt:+\u2060klugen" in text or "eingefügt:+klugen" in text
    assert "gestrichen:" in text
    assert "SolesenSiediesesDokument" in text


def test_a_comparison_names_both_numbers_of_a_move_and_folds_what_stays(versions):
    moved = next(
        row for row in compare_versions(*versions).rows if row.row.relation.startswith("moved")
    )
    text = squeezed(text_of(pdf.comparison_pdf(compare_versions(*versions))))
    assert squeezed(f"verschoben von {moved.old[0].number} nach {moved.new[0].number}") in text
    assert squeezed(f"Hier stand Absatz {moved.old[0].number}") in text
    assert "Telefon" not in text
    assert "unveränderte" in text


def test_reasons_stand_under_the_changes_without_a_name(versions):
    actor = make_user("superuser", username="frieda-geheim", first_name="Frieda")
    change = Change.objects.get(new_words__contains="klugen")
    explain_changes(changes=[change], reason="Klarer gesagt.", actor=actor)
    content = pdf.comparison_pdf(compare_versions(*versions))
    text = squeezed(text_of(content))
    assert text.index("klugen") < text.index("Klarergesagt.")
    assert "rieda" not in text
    with opened(content) as document:
        assert "rieda" not in str(document.docinfo.Author)


def test_a_comparison_is_tagged_and_named(versions):
    with opened(pdf.comparison_pdf(compare_versions(*versions))) as document:
        assert str(document.Root.Lang) == "de"
        assert str(document.docinfo.Title) == ("Strategie am Fluss: Fassung 1: Entwurf – Fassung 2")
        assert {"/H1", "/H2", "/P", "/Table"} <= {*roles(document)}


def test_the_same_version_gives_the_same_bytes(versions):
    assert pdf.version_pdf(versions[1]) == pdf.version_pdf(versions[1])


def test_withheld_words_are_replaced_by_their_notice(versions):
    passage = Passage.objects.get(version=versions[1], text__contains="klugen")
    withhold_passage(passage=passage, ground="Urteil", actor=make_user("superuser"))
    versions[1].refresh_from_db()
    for content in (
        pdf.version_pdf(versions[1]),
        pdf.comparison_pdf(compare_versions(*versions)),
    ):
        text = text_of(content)
        assert "klugen" not in text
        assert "Urteil" in text


@pytest.fixture
def listener():
    """Count who knocks at a port of this machine."""
    server = socket.create_server(("127.0.0.1", 0))
    server.settimeout(0.2)
    knocks, is_over = [], threading.Event()

    def listen():
        while not is_over.is_set():
            try:
                server.accept()[0].close()
            except TimeoutError:
                continue
            knocks.append(1)

    thread = threading.Thread(target=listen)
    thread.start()
    yield server.getsockname()[1], knocks
    is_over.set()
    thread.join()
    server.close()


def test_nothing_is_fetched_from_files_or_servers(versions, listener):
    port, knocks = listener
    hostile = "".join(
        f'<p>Ein <a href="{address}">Weg</a><img src="{address}">'
        f'<b style="background:url({address})">x</b></p><style>@import "{address}";</style>'
        f'<link rel="stylesheet" href="{address}"><object data="{address}"></object>'
        for address in ("file:///etc/hostname", f"http://127.0.0.1:{port}/x.png", "synopse:static/")
    )
    passage = versions[1].passages.first()
    Passage._base_manager.filter(pk=passage.pk).update(html=hostile)
    content = pdf.version_pdf(versions[1])
    with open("/etc/hostname") as file:
        assert file.read().strip() not in text_of(content)
    assert knocks == []


def test_only_our_files_and_the_images_of_the_document_are_read():
    resources = Resources()
    assert b"@page" in resources.read("synopse:static/versioning/export.css").content
    for address in (
        "file:///etc/hostname",
        "http://127.0.0.1/",
        "synopse:static/../../manage.py",
        "synopse:static/versioning/versions.css",
        "synopse:image/1",
        "data:text/plain,x",
    ):
        with pytest.raises(RefusedAddress):
            resources.read(address)


def test_an_image_of_the_version_is_shown_with_its_words(versions):
    pixels = io.BytesIO()
    Pixels.new("RGB", (40, 30), "navy").save(pixels, "PNG")
    pixels.seek(0)
    image = get_image_model().objects.create(title="Hafen", file=ImageFile(pixels, "hafen.png"))
    passage = versions[1].passages.filter(kind="paragraph").first()
    Passage._base_manager.filter(pk=passage.pk).update(
        image=image, alt="Ein blauer Hafen", kind="caption"
    )
    passage.refresh_from_db()
    assert image_address(passage) == f"synopse:image/{image.pk}"
    with opened(pdf.version_pdf(versions[1])) as document:
        assert "/Figure" in roles(document)
        assert any("/XObject" in page.resources for page in document.pages)


def test_hostile_words_are_shown_as_words(root):
    html = (
        "<h2>]]&gt; &lt;script&gt;alert(1)&lt;/script&gt;</h2><p>שלום עולם أهلا</p>"
        "<p>👩🏽‍🚒 a\u0301 \u0001 \u000b Ende</p>"
    )
    draft = make_draft(title="<script>\u0001 ]]> & „Titel“", html=html)
    version = publish(draft)
    second = publish(draft, html=html.replace("Ende", "Schluss"))
    assert "]]><script>alert(1)</script>" in squeezed(text_of(pdf.version_pdf(version)))
    assert "Schluss" in squeezed(text_of(pdf.comparison_pdf(compare_versions(version, second))))


def test_a_hundred_thousand_characters_in_one_passage_are_printed(root):
    draft = make_draft(html=f"<p>{'Wort ' * 20_000}</p>")
    versions = [publish(draft), publish(draft, html=f"<p>{'x' * 100_000}</p>")]
    with opened(pdf.version_pdf(versions[0])) as document:
        assert len(document.pages) > 10
    assert pdf.version_pdf(versions[1]).startswith(b"%PDF")


def test_headings_are_never_skipped(root):
    html = "<h3>Eins</h3><p>a</p><h5>Zwei</h5><p>b</p><h2>Drei</h2><h4>Vier</h4>"
    with opened(pdf.version_pdf(publish(make_draft(html=html)))) as document:
        headings = [role for role in roles(document) if role.startswith("/H")]
    found = [role for role, _parts in groupby(headings)]
    assert found == ["/H1", "/H2", "/H3", "/H2", "/H3"]


def test_a_word_without_end_may_be_broken_anywhere_but_in_a_sign():
    broken = pdf.breakable(f"<p>kurz {'&amp;' * 500}</p>")
    assert broken.replace("\u200b", "") == f"<p>kurz {'&amp;' * 500}</p>"
    stretches = {f"<p>kurz {'&amp;' * 80}", "&amp;" * 80, f"{'&amp;' * 20}</p>"}
    assert set(broken.split("\u200b")) == stretches


def test_where_pango_is_missing_the_reader_is_told_what_helps(client, versions, monkeypatch):
    def fail():
        raise pdf.NoRenderer("libpango-1.0-0 fehlt")

    monkeypatch.setattr(pdf, "require_renderer", fail)
    args = [versions[0].page_id, 1, 2, "pdf"]
    response = client.get(reverse("versioning:export_comparison", args=args))
    assert response.status_code == 503
    assert "libpango-1.0-0" in response.content.decode()
    assert pdf.is_available() is False


def test_the_page_hands_a_pdf_out(client, versions):
    args = [versions[0].page_id, 2, "pdf"]
    response = client.get(reverse("versioning:export_version", args=args))
    assert response["Content-Type"] == "application/pdf"
    assert response.content.startswith(b"%PDF-1.7")
