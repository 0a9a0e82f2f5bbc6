"""Other comparisons of two texts, each as a function from two texts to runs."""

from __future__ import annotations

import difflib
import json
import os
import re
import shutil
import subprocess
import sys
import time
from itertools import groupby
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

import django
from diff_match_patch import diff_match_patch

from versioning.core import comparing
from versioning.core.passages import Run

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence

OURS, WAGTAIL, CHARACTERS, DIFFLIB, WIKIDIFF2 = (
    "Synopse",
    "Wagtail",
    "diff-match-patch",
    "difflib",
    "wikidiff2",
)
_TOKEN = re.compile(r"\w+|[\s\S]")
_OPERATIONS = {0: "equal", -1: "delete", 1: "insert"}
_PHP = r"""
$used = fn() => ($u = getrusage())["ru_utime.tv_sec"] + $u["ru_utime.tv_usec"] / 1e6
    + $u["ru_stime.tv_sec"] + $u["ru_stime.tv_usec"] / 1e6;
$pairs = json_decode(stream_get_contents(STDIN), true);
$found = [];
$start = $used();
foreach ($pairs as [$old, $new]) $found[] = FUNCTION($old, $new, 2);
$seconds = $used() - $start;
echo json_encode(["seconds" => $seconds, "found" => KEEP ? $found : []]);
"""


class Result(NamedTuple):
    """What a tool made of pairs of texts: runs of each pair, and the processor's seconds."""

    runs: list[list[Run]]
    seconds: float


def by_name() -> dict[str, Callable[[Sequence[tuple[str, str]]], Result]]:
    """Give all tools that are there."""
    tools = {
        OURS: _timed(lambda old, new: comparing.diff_words(old, new)[0]),
        WAGTAIL: _timed(_wagtail),
        CHARACTERS: _timed(_characters),
        DIFFLIB: _timed(_difflib),
    }
    return tools | ({WIKIDIFF2: _wikidiff2} if has_wikidiff2() else {})


def has_wikidiff2() -> bool:
    """Tell whether PHP and its wikidiff2 are installed."""
    php = shutil.which("php")
    code = "exit(function_exists('wikidiff2_do_diff') ? 0 : 1);"
    return php is not None and subprocess.run([php, "-r", code], check=False).returncode == 0


def wikidiff2_seconds(pairs: Sequence[tuple[str, str]]) -> float:
    """Give the processor's seconds that wikidiff2 takes for its table, without PHP's start."""
    return _php(pairs, "wikidiff2_do_diff", keep=False)["seconds"]


def prepare() -> None:
    """Set Django up, which Wagtail's comparison needs, and import what is measured."""
    sys.path.insert(0, str(Path(__file__).resolve().parents[2] / "site"))
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings.dev")
    django.setup()
    list(_wagtail("", "a"))


def _timed(
    compare: Callable[[str, str], Iterable[Run]],
) -> Callable[[Sequence[tuple[str, str]]], Result]:
    def run(pairs: Sequence[tuple[str, str]]) -> Result:
        started = time.process_time()
        found = [list(compare(old, new)) for old, new in pairs]
        return Result(found, time.process_time() - started)

    return run


def _wagtail(old: str, new: str) -> Iterator[Run]:
    from wagtail.admin.compare import diff_text

    names = {"equal": "equal", "addition": "insert", "deletion": "delete"}
    return (Run(names[name], text) for name, text in diff_text(old, new).changes)


def _characters(old: str, new: str) -> Iterator[Run]:
    engine = diff_match_patch()
    diffs = engine.diff_main(old, new)
    engine.diff_cleanupSemantic(diffs)
    return (Run(_OPERATIONS[operation], text) for operation, text in diffs)


def _difflib(old: str, new: str) -> Iterator[Run]:
    ours, theirs = _TOKEN.findall(old), _TOKEN.findall(new)
    for name, a, a_end, b, b_end in difflib.SequenceMatcher(None, ours, theirs).get_opcodes():
        if name == "equal":
            yield Run("equal", "".join(ours[a:a_end]))
            continue
        if a_end > a:
            yield Run("delete", "".join(ours[a:a_end]))
        if b_end > b:
            yield Run("insert", "".join(theirs[b:b_end]))


def _wikidiff2(pairs: Sequence[tuple[str, str]]) -> Result:
    answer = _php(pairs, "wikidiff2_inline_json_diff", keep=True)
    found = [_runs_of_lines(json.loads(text)["diff"]) for text in answer["found"]]
    return Result(found, answer["seconds"])


def _php(pairs: Sequence[tuple[str, str]], function: str, *, keep: bool) -> dict:
    code = _PHP.replace("FUNCTION", function).replace("KEEP", str(keep).lower())
    answer = subprocess.run(
        ["php", "-d", "memory_limit=-1", "-r", code],
        input=json.dumps(pairs).encode(),
        capture_output=True,
        check=True,
    )
    return json.loads(answer.stdout)


def _runs_of_lines(lines: Iterable[dict]) -> list[Run]:
    """Turn wikidiff2's lines into runs; its ranges count bytes of the line's UTF-8."""
    pieces: list[tuple[str, bytes]] = []
    for line in lines:
        text = line["text"].encode()
        if line["type"] in {1, 2}:
            pieces.append(("insert" if line["type"] == 1 else "delete", text))
            continue
        at = 0
        for part in line.get("highlightRanges", []):
            end = part["start"] + part["length"]
            pieces.append(("equal", text[at : part["start"]]))
            pieces.append(("delete" if part["type"] else "insert", text[part["start"] : end]))
            at = end
        pieces.append(("equal", text[at:]))
    filled = (piece for piece in pieces if piece[1])
    return [
        Run(operation, b"".join(text for _, text in group).decode(errors="replace"))
        for operation, group in groupby(filled, lambda piece: piece[0])
    ]
