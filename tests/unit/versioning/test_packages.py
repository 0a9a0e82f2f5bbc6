"""A package in which a byte was altered is never taken for sound, and the file is named."""

from __future__ import annotations

import io
import random
import struct
import warnings
import zipfile
from binascii import crc32
from datetime import UTC, datetime
from hashlib import sha256

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from versioning.core import packages, plain_zip
from versioning.core.canonical import canonical, read_canonical
from versioning.core.hashing import hashed_content, text_hash
from versioning.core.packages import ARCHIVE, MANIFEST, SUMS, TEXT, WORDS, Problem

MOMENT = datetime(2030, 5, 6, 7, 8, 9, tzinfo=UTC)
WORDS_OF = ("Die Stadt gehört allen.", "Busse fahren. 🚋")
OLD = "a" * 64


def files_of(*texts: str) -> dict[str, bytes]:
    hashed = [
        {"uid": str(place), "text": text_hash(text), "html": text_hash(f"<p>{text}</p>")}
        for place, text in enumerate(texts)
    ]
    words = [
        {"uid": str(place), "text": text, "html": f"<p>{text}</p>"}
        for place, text in enumerate(texts)
    ]
    return {
        TEXT: hashed_content(number=2, locale="de", passages=hashed, previous=OLD),
        WORDS: canonical(words),
        "text.pdf": b"%PDF-1.7 PK\x03\x04 PK\x05\x06",
        "leer.csv": b"",
    }


def facts_of(files: dict[str, bytes]) -> dict[str, object]:
    digest = sha256(files[TEXT]).hexdigest()
    version = {"number": 2, "content_hash": digest, "previous_hash": OLD}
    first = {"number": 1, "content_hash": OLD, "previous_hash": ""}
    return {
        "title": "Strategie",
        "edition": 1,
        "url": "https://stadt.example/de/submissions/1/",
        "submission": {"submitted_at": MOMENT.isoformat(), "content_hash": digest},
        "version": version,
        "versions": [first, version],
    }


def sealed(files: dict[str, bytes] | None = None, **facts: object) -> bytes:
    files = files or files_of(*WORDS_OF)
    types = dict.fromkeys(files, "application/octet-stream")
    return packages.seal(files, {**facts_of(files), **facts}, types)


WHOLE = sealed()


def problems(data: bytes) -> list[Problem]:
    return packages.check(data).problems


def resealed(change) -> bytes:
    """Return a package whose files somebody changed, with the sums of the archive made anew."""
    contents = {entry.name: entry.content for entry in plain_zip.read(WHOLE)}
    change(contents)
    return plain_zip.write(contents, MOMENT)


def places(data: bytes) -> dict[int, str]:
    """Return for each byte of a file's content the name of the file."""
    found = {}
    for name, content in ((e.name, e.content) for e in plain_zip.read(data)):
        head = struct.pack("<H2s", len(name), b"\0\0") + name.encode()
        begin = data.index(head) + len(head)
        assert data[begin : begin + len(content)] == content
        found |= dict.fromkeys(range(begin, begin + len(content)), name)
    return found


def test_a_package_is_sound_and_the_same_for_the_same_input():
    assert problems(WHOLE) == []
    shuffled = dict(reversed(files_of(*WORDS_OF).items()))
    assert sealed(shuffled) == WHOLE


def test_any_program_can_unpack_it():
    with zipfile.ZipFile(io.BytesIO(WHOLE)) as archive:
        assert archive.testzip() is None
        assert archive.namelist() == sorted(archive.namelist())
        assert archive.read("text.pdf") == files_of(*WORDS_OF)["text.pdf"]
        info = archive.getinfo(SUMS)
        assert info.date_time == (2030, 5, 6, 7, 8, 8)
        assert info.compress_type == zipfile.ZIP_STORED
        lines = archive.read(SUMS).decode().splitlines()
        for line in lines:
            digest, name = line.split("  ")
            assert sha256(archive.read(name)).hexdigest() == digest
        assert {*archive.namelist()} - {line.split("  ")[1] for line in lines} == {SUMS}


def test_any_altered_byte_is_found_and_the_file_named():
    """Law: each byte of a package, altered in any way, is found; that of a file names it."""
    inside = places(WHOLE)
    rng = random.Random(1)
    for at in range(len(WHOLE)):
        for bits in {1 << rng.randrange(8), rng.randrange(1, 256)}:
            data = bytearray(WHOLE)
            data[at] ^= bits
            found = problems(bytes(data))
            assert [problem.file for problem in found] == [inside.get(at, ARCHIVE)], at


@settings(max_examples=60)
@given(st.data())
def test_a_longer_shorter_or_shuffled_package_is_found(data):
    at = data.draw(st.integers(0, len(WHOLE)))
    end = data.draw(st.integers(at, len(WHOLE)))
    middle = data.draw(st.binary(max_size=30))
    other = WHOLE[:at] + middle + WHOLE[end:]
    if other == WHOLE:
        return
    try:
        assert problems(other)
    except plain_zip.NotZip:
        assert not other.startswith(b"PK\x03\x04")


@pytest.mark.parametrize("name", [TEXT, WORDS, "text.pdf", "leer.csv", MANIFEST, SUMS])
def test_a_file_that_was_altered_with_the_sums_of_the_archive_is_named(name):
    def change(contents):
        other = contents[name].replace(b"a", b"b") + b" "
        if name == MANIFEST:
            other = canonical({**read_canonical(contents[name]), "title": "Andere Strategie"})
        contents[name] = other

    assert [problem.file for problem in problems(resealed(change))] == [name]


@pytest.mark.parametrize("name", [TEXT, "leer.csv", MANIFEST, SUMS])
def test_a_missing_file_is_named(name):
    found = problems(resealed(lambda contents: contents.pop(name)))
    assert found == [Problem("missing", name)]


def test_a_file_that_does_not_belong_is_named():
    found = problems(resealed(lambda contents: contents.update({"mehr.txt": b"!"})))
    assert found == [Problem("unknown", "mehr.txt")]


def test_a_manifest_that_is_not_canonical_is_no_manifest():
    def change(contents):
        contents[MANIFEST] = contents[MANIFEST].replace(b":", b": ", 1)

    assert problems(resealed(change)) == [Problem("manifest", MANIFEST)]


def test_a_whole_new_package_with_another_text_does_not_fit_its_submission():
    other = files_of("Die Stadt gehört wenigen.")
    assert problems(sealed(other, **facts_of(files_of(*WORDS_OF)))) == [Problem("text", TEXT)]


def test_other_words_than_the_text_has_are_found():
    other = files_of("Die Stadt gehört wenigen.", WORDS_OF[1])[WORDS]
    assert problems(sealed({**files_of(*WORDS_OF), WORDS: other})) == [Problem("words", WORDS)]


def test_withheld_words_are_no_other_words():
    files = files_of(*WORDS_OF)
    words = read_canonical(files[WORDS])
    words[0] = {"uid": "0", "withheld": "Persönliche Daten"}
    assert problems(sealed({**files, WORDS: canonical(words)})) == []


@pytest.mark.parametrize("wrong", ["number", "content_hash", "previous_hash"])
def test_a_broken_chain_of_versions_is_found(wrong):
    versions = [dict(link) for link in facts_of(files_of(*WORDS_OF))["versions"]]
    versions[0][wrong] = 7 if wrong == "number" else "b" * 64
    assert problems(sealed(versions=versions)) == [Problem("chain", MANIFEST)]


@pytest.mark.parametrize("name", ["../x", "/x", "a/b", "a\\b", "ä.txt", "", "a" * 101, "x\0"])
def test_a_name_that_leaves_the_folder_is_never_written(name):
    with pytest.raises(ValueError, match="names"):
        plain_zip.write({name: b""}, MOMENT)


def _foreign(*names: str, method: int = zipfile.ZIP_STORED, content: bytes = b"x") -> bytes:
    buffer = io.BytesIO()
    with warnings.catch_warnings(), zipfile.ZipFile(buffer, "w", method) as archive:
        warnings.simplefilter("ignore")  # names that stand twice
        for name in names:
            archive.writestr(name, content)
    return buffer.getvalue()


@pytest.mark.parametrize(
    "data",
    [
        _foreign("../../etc/passwd"),
        _foreign("manifest.json", "manifest.json"),
        _foreign("bomb.txt", method=zipfile.ZIP_DEFLATED, content=bytes(10**7)),
        _foreign(*(f"{number}.txt" for number in range(500))),
        b"PK\x03\x04",
        b"PK\x05\x06" + bytes(18),
        WHOLE + WHOLE,
        b"MZ" + WHOLE,
        WHOLE + b"\0",
    ],
)
def test_a_hostile_archive_is_no_package(data):
    assert problems(data)[0].kind in {"broken", "missing"}


def test_entries_that_overlap_are_refused():
    """One content that stands for many entries would unfold to more than the file holds."""
    name, content = b"a", bytes(1000)
    crc = crc32(content)
    head = struct.pack("<4s5H3L2H", b"PK\x03\x04", 20, 0, 0, 0, 0, crc, 1000, 1000, 1, 0)
    one = struct.pack(
        "<4s6H3L5H2L", b"PK\x01\x02", 788, 20, 0, 0, 0, 0, crc, 1000, 1000, 1, 0, 0, 0, 0, 0, 0
    )
    table = (one + name) * 100
    begin = len(head) + 1 + 1000
    end = struct.pack("<4s4H2LH", b"PK\x05\x06", 0, 0, 100, 100, len(table), begin, 0)
    assert problems(head + name + content + table + end) == [Problem("broken", ARCHIVE)]


@pytest.mark.parametrize("data", [b"", b"%PDF-1.7", b"x" * 100])
def test_what_is_no_archive_is_called_so(data):
    with pytest.raises(plain_zip.NotZip):
        packages.check(data)
