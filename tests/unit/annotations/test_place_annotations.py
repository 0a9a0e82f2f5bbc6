"""The command: three files in, one JSON array out, or one line and status 2."""

from __future__ import annotations

import json
from io import StringIO

import pytest
from django.core.management.base import CommandError

from annotations.core.ranges import QUOTE_LIMIT
from annotations.management.commands.place_annotations import Command

OLD = [
    {"type": "heading", "level": 2, "text": "Ziele"},
    {"type": "paragraph", "text": "Berlin  stellt Daten\u00ad bereit und fragt danach."},
    {"type": "paragraph", "text": "Dieser Absatz entfällt in der nächsten Fassung ganz."},
]
NEW = [
    {"type": "heading", "level": 2, "text": "Ziele"},
    {"type": "paragraph", "text": "Berlin stellt offene Daten bereit und fragt danach."},
]
GOOD = {"id": "a", "passage": 1, "start": 0, "end": 6}


@pytest.fixture
def run(tmp_path):
    def run_command(annotations, old=OLD, new=NEW):
        paths = {}
        for name, content in (("old", old), ("new", new), ("annotations", annotations)):
            paths[name] = tmp_path / f"{name}.json"
            if isinstance(content, bytes):
                paths[name].write_bytes(content)
            elif content is not None:
                paths[name].write_text(json.dumps(content), encoding="utf-8")
        stdout = StringIO()
        Command(stdout=stdout, no_color=True).handle(**paths)
        return stdout.getvalue()

    return run_command


def refused(run, *args, **options):
    with pytest.raises(CommandError) as caught:
        run(*args, **options)
    message = str(caught.value)
    assert caught.value.returncode == 2
    assert len(message.splitlines()) == 1
    return message


def test_prints_one_array_in_the_order_of_the_input(run):
    output = run(
        [
            {"id": "z", "passage": 2, "start": 0, "end": 12},
            {"id": 7, "passage": 1, "start": 7, "end": 26, "more": "is left aside"},
            {"id": "whole", "passage": 0, "start": None, "end": None},
        ]
    )
    answers = json.loads(output)
    assert [answer["id"] for answer in answers] == ["z", 7, "whole"]
    assert [answer["state"] for answer in answers] == ["removed", "changed", "intact"]
    assert answers[0] == {
        "id": "z",
        "state": "removed",
        "passage": None,
        "start": None,
        "end": None,
        "confidence": 0.0,
    }
    assert NEW[1]["text"][answers[1]["start"] : answers[1]["end"]] == "stellt offene Daten bereit"
    assert (answers[2]["start"], answers[2]["end"], answers[2]["confidence"]) == (None, None, 1.0)


def test_offsets_count_in_the_normalised_text(run):
    text = "Berlin stellt Daten bereit und fragt danach."
    start = text.index("bereit")
    output = run([{"id": "a", "passage": 1, "start": start, "end": start + 6}])
    (answer,) = json.loads(output)
    assert NEW[1]["text"][answer["start"] : answer["end"]] == "bereit"


def test_candidates_stand_with_a_manual_answer(run):
    sentence = "Jede Verwaltung benennt eine Person, die Fragen nach Daten beantwortet."
    others = [f"{word} bleibt hier stehen, wie es immer war, Jahr um Jahr." for word in "ABC"]
    old = [{"type": "paragraph", "text": f"{others[0]} {sentence}"}]
    old += [{"type": "paragraph", "text": text} for text in others[1:]]
    new = [{"type": "paragraph", "text": others[0]}]
    new += [{"type": "paragraph", "text": f"{text} {sentence}"} for text in others[1:]]
    start = len(others[0]) + 1
    marks = [{"id": "a", "passage": 0, "start": start, "end": start + len(sentence)}]
    (answer,) = json.loads(run(marks, old, new))
    assert (answer["state"], answer["passage"]) == ("manual", None)
    assert answer["candidates"] == [
        {"passage": index, "start": start, "end": start + len(sentence)} for index in (1, 2)
    ]


def test_no_annotations_give_an_empty_array(run):
    assert json.loads(run([])) == []


@pytest.mark.parametrize(
    "wrong",
    [
        {"passage": 3},
        {"passage": -1},
        {"passage": 10**30},
        {"passage": True},
        {"passage": None},
        {"passage": "1"},
        {"passage": 1.0},
        {"end": 99},
        {"start": 6},
        {"start": 7},
        {"start": -1},
        {"start": True},
        {"start": "0"},
        {"start": None},
        {"end": None},
        {"end": [6]},
    ],
    ids=str,
)
def test_annotation_that_does_not_fit_is_named(run, wrong):
    message = refused(run, [GOOD, GOOD | {"id": "the-wrong-one"} | wrong])
    assert "the-wrong-one" in message


@pytest.mark.parametrize("field", ["passage", "start", "end"])
def test_annotation_that_lacks_a_field_is_named(run, field):
    lacking = {key: value for key, value in GOOD.items() if key != field}
    assert "annotation a: it lacks" in refused(run, [lacking])


@pytest.mark.parametrize("key", [None, "", True, 1.5, ["a"], {}])
def test_annotation_without_an_id_is_refused(run, key):
    assert "annotation number 2 has no id" in refused(run, [GOOD, GOOD | {"id": key}])


def test_entry_without_the_key_id_is_refused(run):
    assert "annotation number 1 has no id" in refused(run, [{"passage": 0}])


@pytest.mark.parametrize(
    "content",
    [
        {"id": "a"},
        "text",
        None,
        [1],
        [[]],
        [None],
        b"",
        b"{",
        b"\xff\xfe[",
        b"[\x00]",
        b"[" * 100_000,
        b"[" + b"9" * 10_000 + b"]",
    ],
    ids=lambda content: repr(content)[:20],
)
def test_file_of_the_wrong_shape_is_named(run, content):
    assert "annotations.json" in refused(run, b"null" if content is None else content)


@pytest.mark.parametrize("name", ["old", "new", "annotations"])
def test_missing_file_is_named(run, name):
    assert f"{name}.json" in refused(run, **({"annotations": [GOOD]} | {name: None}))


def test_directory_and_too_large_file_are_named(run, tmp_path):
    large = tmp_path / "large.json"
    with large.open("wb") as file:
        file.truncate(50 * 1024 * 1024 + 1)
    for path in (large, tmp_path):
        with pytest.raises(CommandError) as caught:
            Command().handle(old=large, new=large, annotations=path)
        assert "large.json" in str(caught.value)
    run([GOOD])
    for path in (large, tmp_path):
        with pytest.raises(CommandError) as caught:
            Command().handle(old=tmp_path / "old.json", new=tmp_path / "new.json", annotations=path)
        assert path.name in str(caught.value)
        assert caught.value.returncode == 2  # not 1, which means that something crashed


def test_hostile_id_keeps_the_message_on_one_short_line(run):
    message = refused(run, [GOOD | {"id": "a\nb\u2028c\x1b[31m" + "x" * 9_000, "end": 99}])
    assert "\x1b" not in message
    assert len(message) < QUOTE_LIMIT


def test_lone_surrogate_in_an_id_comes_back_as_it_was(run):
    raw = b'[{"id": "\\ud800", "passage": 0, "start": 0, "end": 5}]'
    output = run(raw)
    output.encode("ascii")
    assert json.loads(output)[0]["id"] == "\ud800"
