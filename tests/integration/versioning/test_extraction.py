"""Which passages a page holds, block by block."""

from __future__ import annotations

import uuid

from wagtail import blocks
from wagtail.images import get_image_model
from wagtail.images.blocks import ImageChooserBlock
from wagtail.images.tests.utils import get_test_image_file

from cms_pages.models import StrategyDraftPage
from tests.factories import make_draft
from tests.testapp.models import CharterPage
from versioning import extraction
from versioning.core.cutting import cut_html


def cut(block: blocks.Block, value, key: str = "k") -> list[tuple[str, str, str]]:
    return [
        (passage.block, passage.kind, passage.text)
        for source, html in extraction.block_sources(block, block.to_python(value), key)
        for passage in cut_html(html, block=source)
    ]


def test_rich_text_gives_one_passage_for_each_block_element():
    html = "<h2>Ziele</h2><p>Ein <i>Wort</i>.</p><ul><li>eins</li><li>zwei</li></ul>"

    assert cut(blocks.RichTextBlock(), html) == [
        ("k", "heading", "Ziele"),
        ("k", "paragraph", "Ein Wort."),
        ("k", "list_item", "eins"),
        ("k", "list_item", "zwei"),
    ]


def test_plain_text_is_text_and_a_blank_line_divides_paragraphs():
    assert cut(blocks.CharBlock(), "a < b & <b>c</b>") == [("k", "paragraph", "a < b & <b>c</b>")]
    assert cut(blocks.TextBlock(), "eins\r\n\r\nzwei\ndrei") == [
        ("k", "paragraph", "eins"),
        ("k", "paragraph", "zwei drei"),
    ]
    assert cut(blocks.BlockQuoteBlock(), "Wer wagt") == [("k", "quote", "Wer wagt")]


def test_structures_lists_and_streams_are_walked_with_keys_of_their_own():
    struct = blocks.StructBlock(
        [
            ("title", blocks.CharBlock()),
            ("count", blocks.IntegerBlock()),
            ("items", blocks.ListBlock(blocks.TextBlock())),
            ("more", blocks.StreamBlock([("text", blocks.RichTextBlock())])),
        ]
    )
    value = {
        "title": "Titel",
        "count": 7,
        "items": [{"type": "item", "value": "eins", "id": "i1"}],
        "more": [{"type": "text", "value": "<p>zwei</p>", "id": "s1"}],
    }

    assert cut(struct, value) == [
        ("k.title", "paragraph", "Titel"),
        ("k.items.i1", "paragraph", "eins"),
        ("k.more.s1", "paragraph", "zwei"),
    ]


def test_a_block_may_say_itself_what_it_holds():
    class Loud(blocks.CharBlock):
        def passage_sources(self, value, key):
            yield f"{key}.loud", f"<h3>{value}!</h3>"

    assert cut(Loud(), "Halt") == [("k.loud", "heading", "Halt!")]


def test_a_value_that_is_not_filled_in_holds_nothing():
    struct = blocks.StructBlock([("text", blocks.TextBlock()), ("image", ImageChooserBlock())])

    assert cut(struct, {"text": None, "image": None}) == []


BLOCKS = [
    {"type": "chapter", "value": "Leitbild", "id": "c1"},
    {"type": "text", "value": "<p>Die Stadt.</p>", "id": "t1"},
    {"type": "quote", "value": {"quote": "Wer wagt", "source": "Volksmund"}, "id": "q1"},
    {
        "type": "table",
        "value": {
            "columns": [{"type": "text", "heading": "Jahr"}, {"type": "text", "heading": "Ziel"}],
            "rows": [{"values": ["2030", "Klima"]}, {"values": ["2040", "Wasser"]}],
        },
        "id": "b1",
    },
    {"type": "chapter", "value": "Maßnahmen", "id": "c2"},
    {
        "type": "measure",
        "value": {"title": "Radweg", "goal": "Mehr Rad", "responsible": "Bauamt"},
        "id": "m1",
    },
]


def test_a_strategy_draft_gives_passages_of_every_kind_in_order():
    page = StrategyDraftPage()
    page.body = StrategyDraftPage._meta.get_field("body").stream_block.to_python(BLOCKS)

    assert [(p.block, p.kind, p.text) for p in extraction.passages_of(page)] == [
        ("c1", "heading", "Leitbild"),
        ("t1", "paragraph", "Die Stadt."),
        ("q1.quote", "quote", "Wer wagt"),
        ("q1.source", "paragraph", "Volksmund"),
        ("b1", "table_row", "Jahr Ziel"),
        ("b1", "table_row", "2030 Klima"),
        ("b1", "table_row", "2040 Wasser"),
        ("c2", "heading", "Maßnahmen"),
        ("m1.title", "heading", "Radweg"),
        ("m1.goal", "measure", "Mehr Rad"),
        ("m1.responsible", "measure", "Bauamt"),
    ]


def test_a_rich_text_field_is_its_own_block(db):
    page = CharterPage(body="<p>eins</p><p>zwei</p>")

    assert [(p.block, p.text) for p in extraction.passages_of(page)] == [
        ("body", "eins"),
        ("body", "zwei"),
    ]


def test_an_image_is_frozen_with_its_words_and_its_hash(db, root):
    image = get_image_model().objects.create(title="Plan", file=get_test_image_file())
    draft = make_draft()
    stream = StrategyDraftPage._meta.get_field("body").stream_block
    value = {"image": image.pk, "alt": "Plan der Stadt", "caption": "So wird es"}
    draft.body = stream.to_python([{"type": "image", "value": value, "id": str(uuid.uuid4())}])
    draft.save_revision().publish()

    passage = draft.newest_version.passages.get()
    assert (passage.kind, passage.text, passage.alt) == ("caption", "So wird es", "Plan der Stadt")
    assert passage.image == image
    assert len(passage.image_hash) == 64
