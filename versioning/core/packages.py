"""The submission package: what was handed over, sealed so that nobody can alter a byte unseen.

Its form is described in docs/reference/submission-package.md.
"""

from __future__ import annotations

from datetime import datetime
from hashlib import sha256
from typing import TYPE_CHECKING, Any, NamedTuple

from versioning.core import plain_zip
from versioning.core.canonical import NotCanonical, canonical, read_canonical

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

FORMAT, FORMAT_VERSION = "synopse-submission", 1
MANIFEST, SUMS = "manifest.json", "SHA256SUMS"
TEXT, WORDS = "text.json", "passages.json"
ARCHIVE = ""
"""Stands for the archive itself, where no single file is meant."""
MAX_BYTES = 512 * 2**20
"""No package is larger, so none is read that would fill the memory."""


class Problem(NamedTuple):
    """Something that is wrong with a package.

    Attributes:
        kind: "broken" (the archive), "altered", "missing", "unknown", "manifest", "text",
            "words" or "chain".
        file: Name of the file, ``ARCHIVE`` for the archive itself.
    """

    kind: str
    file: str


class Checked(NamedTuple):
    """What came out of a check.

    Attributes:
        problems: What is wrong, none where nothing is.
        manifest: The manifest, where it could be read.
    """

    problems: list[Problem]
    manifest: dict[str, Any]


class FileFact(NamedTuple):
    """What the manifest says of a file; the size is in bytes."""

    name: str
    media_type: str
    size: int
    sha256: str


def seal(files: Mapping[str, bytes], facts: Mapping[str, Any], types: Mapping[str, str]) -> bytes:
    """Return a package; the same input gives the same bytes.

    Args:
        files: Contents by name, ``TEXT`` and ``WORDS`` among them.
        facts: What the manifest says besides its files.
        types: Media types by name.

    Raises:
        ValueError: A file has a name that may not be, or is the manifest's own.
    """
    if {MANIFEST, SUMS} & files.keys():
        raise ValueError("The manifest is written here.")
    listed = [
        FileFact(name, types[name], len(files[name]), sha256(files[name]).hexdigest())
        for name in sorted(files)
    ]
    manifest = canonical(
        {
            **facts,
            "format": FORMAT,
            "format_version": FORMAT_VERSION,
            "files": [fact._asdict() for fact in listed],
        }
    )
    whole = {**files, MANIFEST: manifest}
    return plain_zip.write({**whole, SUMS: sums(whole)}, _moment(facts))


def sums(files: Mapping[str, bytes]) -> bytes:
    """Return what ``sha256sum`` prints for files, which ``sha256sum -c`` reads."""
    lines = [f"{sha256(files[name]).hexdigest()}  {name}\n" for name in sorted(files)]
    return "".join(lines).encode()


def listed_files(manifest: Mapping[str, Any]) -> list[FileFact]:
    """Return the files that a manifest lists."""
    return [FileFact(**fact) for fact in manifest["files"]]


def check(data: bytes) -> Checked:
    """Check a package, with nothing but itself.

    Every byte counts: one that is altered makes the file problematic in which it stands, or the
    archive. Whoever writes a whole new package is found out by its own SHA-256 alone, which is
    public on the page of the submission.

    Args:
        data: A whole package.

    Raises:
        NotZip: It is no ZIP archive.
    """
    try:
        entries = plain_zip.read(data)
    except plain_zip.NotZip:
        raise
    except plain_zip.BrokenZip:
        return Checked([Problem("broken", ARCHIVE)], {})
    altered = [Problem("altered", entry.name) for entry in entries if not entry.is_sound]
    files = {entry.name: entry.content for entry in entries}
    manifest = _manifest(files)
    if manifest is None:
        wrong = Problem("manifest" if MANIFEST in files else "missing", MANIFEST)
        return Checked(altered or [wrong], {})
    found = altered or list(_against_manifest(files, manifest))
    if not found and plain_zip.dos_time(_moment(manifest)) != plain_zip.time_of(data):
        found.append(Problem("broken", ARCHIVE))
    return Checked(_once(found) or _contents(files, manifest), manifest)


def _manifest(files: Mapping[str, bytes]) -> dict[str, Any] | None:
    """Return a manifest that is canonical and says all it must, else None."""
    try:
        manifest = read_canonical(files[MANIFEST])
        if (manifest["format"], manifest["format_version"]) != (FORMAT, FORMAT_VERSION):
            return None
        names = [fact.name for fact in listed_files(manifest)]
        version, submission = manifest["version"], manifest["submission"]
        said = [version["content_hash"], version["previous_hash"], submission["content_hash"]]
        said += [link[name] for link in manifest["versions"] for name in _LINK]
        is_sound = all(isinstance(value, str | int) for value in said) and names == sorted(
            {*names} - {MANIFEST, SUMS}
        )
        _moment(manifest)
    except (KeyError, TypeError, ValueError, AttributeError, NotCanonical):
        return None
    return dict(manifest) if is_sound else None


_LINK = ("number", "content_hash", "previous_hash")


def _against_manifest(files: Mapping[str, bytes], manifest: Mapping[str, Any]) -> Iterator[Problem]:
    known = {fact.name: fact for fact in listed_files(manifest)}
    for name, fact in known.items():
        if name not in files:
            yield Problem("missing", name)
        elif (len(files[name]), sha256(files[name]).hexdigest()) != (fact.size, fact.sha256):
            yield Problem("altered", name)
    for name in files.keys() - known.keys() - {MANIFEST, SUMS}:
        yield Problem("unknown", name)
    if SUMS not in files:
        yield Problem("missing", SUMS)
    elif said := _sums_differ(files):
        yield Problem("altered", said)


def _sums_differ(files: Mapping[str, bytes]) -> str:
    """Return which file makes the sums differ, nothing where none does.

    The manifest is the only file that nothing but the sums speaks for.
    """
    expected = sums({name: files[name] for name in files if name != SUMS}).splitlines()
    found = files[SUMS].splitlines()
    if files[SUMS] == b"".join(line + b"\n" for line in expected):
        return ""
    of_manifest = b"  " + MANIFEST.encode()
    others = [
        [line for line in lines if not line.endswith(of_manifest)] for lines in (expected, found)
    ]
    return MANIFEST if others[0] == others[1] else SUMS


def _once(problems: list[Problem]) -> list[Problem]:
    """Leave the list of sums out where it is wrong only because something else is."""
    others = [problem for problem in problems if problem.file not in {SUMS, MANIFEST}]
    return others or problems


def _contents(files: Mapping[str, bytes], manifest: Mapping[str, Any]) -> list[Problem]:
    """Check that words, text, submission and chain belong together."""
    wrong = []
    for name in (TEXT, WORDS):
        if name not in files:
            wrong.append(Problem("missing", name))
    if wrong:
        return wrong
    version = manifest["version"]
    hashes = {sha256(files[TEXT]).hexdigest(), version["content_hash"]}
    if hashes != {manifest["submission"]["content_hash"]}:
        return [Problem("text", TEXT)]
    try:
        text, words = read_canonical(files[TEXT]), read_canonical(files[WORDS])
        if (text["number"], text["previous"]) != (version["number"], version["previous_hash"]):
            wrong.append(Problem("text", TEXT))
        if not _words_fit(text["passages"], words):
            wrong.append(Problem("words", WORDS))
    except (KeyError, TypeError, AttributeError, NotCanonical):
        return [Problem("text", TEXT)]
    if not _is_chain(manifest["versions"], version):
        wrong.append(Problem("chain", MANIFEST))
    return wrong


def _words_fit(hashed: list[dict[str, Any]], words: list[dict[str, Any]]) -> bool:
    """Tell whether words have the hashes that the text holds; withheld ones are not there."""
    if len(hashed) != len(words):
        return False
    for one, said in zip(hashed, words, strict=True):
        if one["uid"] != said["uid"]:
            return False
        if "withheld" in said:
            continue
        for name in ("text", "html"):
            if sha256(said[name].encode()).hexdigest() != one[name]:
                return False
    return True


def _is_chain(links: list[dict[str, Any]], version: Mapping[str, Any]) -> bool:
    """Tell whether each version follows the one before, and the last is the submitted one."""
    before = ""
    for number, link in enumerate(links, start=1):
        if (link["number"], link["previous_hash"]) != (number, before):
            return False
        before = link["content_hash"]
    return bool(links) and all(links[-1][name] == version[name] for name in _LINK)


def _moment(facts: Mapping[str, Any]) -> datetime:
    """Return when the version was handed over."""
    moment = datetime.fromisoformat(facts["submission"]["submitted_at"])
    if moment.tzinfo is None:
        raise ValueError("A moment without a zone.")
    return moment
