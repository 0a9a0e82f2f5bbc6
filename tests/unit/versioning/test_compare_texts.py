"""The command that compares two files."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[3]
OLD = [
    {"type": "heading", "level": 1, "text": "Ziele"},
    {"type": "paragraph", "text": "Die Stadt baut neue Wege."},
]
NEW = [
    {"type": "heading", "level": 1, "text": "Ziele"},
    {"type": "paragraph", "text": "Die Stadt baut breite Wege."},
    {"type": "list_item", "depth": 1, "text": "Mehr Grün", "html": "<b>Mehr</b> Grün"},
]


def run(*arguments, **environment):
    return subprocess.run(
        [sys.executable, "site/manage.py", "compare_texts", *map(str, arguments)],
        cwd=ROOT,
        env={**os.environ, **environment},
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.fixture
def files(tmp_path):
    paths = tmp_path / "old.json", tmp_path / "new.json"
    for path, blocks in zip(paths, (OLD, NEW), strict=True):
        path.write_text(json.dumps(blocks), encoding="utf-8")
    return paths


def test_json_has_both_texts_the_rows_and_the_seconds(files):
    result = json.loads(run(*files, "--format", "json").stdout)
    seconds = result["stats"].pop("seconds")
    assert seconds > 0
    assert result == {
        "old": [{"kind": block["type"], "text": block["text"]} for block in OLD],
        "new": [{"kind": block["type"], "text": block["text"]} for block in NEW],
        "rows": [
            {
                "relation": "kept",
                "old": [0],
                "new": [0],
                "runs": [["equal", "Ziele"]],
                "format": [],
            },
            {
                "relation": "changed",
                "old": [1],
                "new": [1],
                "runs": [
                    ["equal", "Die Stadt baut "],
                    ["delete", "neue"],
                    ["insert", "breite"],
                    ["equal", " Wege."],
                ],
                "format": [],
            },
            {
                "relation": "added",
                "old": [],
                "new": [2],
                "runs": [["insert", "Mehr Grün"]],
                "format": [],
            },
        ],
        "stats": {},
    }


def test_text_form_shows_what_differs_and_nothing_else(files):
    done = run(*files)
    assert done.returncode == 0
    assert done.stdout.splitlines() == [
        "~ Die Stadt baut [-neue-]{+breite+} Wege.",
        "+ {+Mehr Grün+}",
    ]


def test_bad_input_ends_with_2_and_one_line_that_names_the_file(files, tmp_path):
    done = run(files[0], tmp_path / "missing.json", "--format", "json")
    assert done.returncode == 2
    assert done.stdout == ""
    assert len(done.stderr.strip().splitlines()) == 1
    assert "missing.json" in done.stderr


def test_no_database_is_opened(files, tmp_path):
    var = tmp_path / "var"
    done = run(*files, SYNOPSE_VAR=str(var))
    assert done.returncode == 0
    assert not list(var.rglob("*.sqlite3"))


def test_an_empty_text_file_is_a_text_without_passages(tmp_path, files):
    empty = tmp_path / "empty.txt"
    empty.write_text("", encoding="utf-8")
    result = json.loads(run(empty, files[1], "--format", "json").stdout)
    assert [row["relation"] for row in result["rows"]] == ["added"] * 3
