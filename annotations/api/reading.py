"""Web Annotations that clients send, read into what the services take."""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from django.utils.translation import gettext as _

from annotations.models import Motivation
from annotations.services.checking import Problems

if TYPE_CHECKING:
    from collections.abc import Iterator

LONGEST_ADDRESS = 500
LONGEST_OFFSET = 10**9
LONGEST_CONTEXT = 500
"""Characters beside a quote that are compared, at each of the many places where it may stand."""
_MOST_SELECTORS = 30
_MOST_VIA = 10
_FRAGMENT = "p-"


@dataclass(frozen=True, slots=True)
class Target:
    """What an annotation is about, as the client says it.

    Attributes:
        source: Address of a version, of an annotation or of a document.
        uid: Lasting identity of the passage, empty where the client does not name it.
        exact: The words that are meant, with what stands before and after them.
        start: First code point in the passage's text.
    """

    source: str
    uid: str = ""
    exact: str = ""
    prefix: str = ""
    suffix: str = ""
    start: int | None = None
    end: int | None = None


@dataclass(frozen=True, slots=True)
class Written:
    """A Web Annotation that a client sent."""

    motivation: str
    body: str
    proposed: str
    target: Target
    canonical: str = ""
    via: list[str] = field(default_factory=list)


def read_annotation(data: dict[str, Any]) -> Written:
    """Read a Web Annotation.

    Raises:
        ValidationError: By field of the annotation.
    """
    problems = Problems()
    if "Annotation" not in _strings(data.get("type", data.get("@type"))):
        problems.add("type", _("Its type must be “Annotation”."), "invalid")
    motivation = _motivation(data, problems)
    proposed, body = _bodies(data, motivation, problems)
    target = _target(data.get("target"), problems)
    canonical = _address(data.get("canonical"), "canonical", problems)
    via = _via(data, problems)
    problems.stop()
    return Written(motivation, body, proposed, target, canonical, via)


def _listed(value: Any) -> list[Any]:  # noqa: ANN401  # JSON of strangers
    """Return a value as JSON-LD means it: one or a list of them."""
    if value is None:
        return []
    return value if isinstance(value, list) else [value]


def _strings(value: Any) -> list[str]:  # noqa: ANN401  # JSON of strangers
    return [each for each in _listed(value) if isinstance(each, str)]


def _motivation(data: dict[str, Any], problems: Problems) -> str:
    """Return the one motivation; without any it is a comment, or what its bodies say."""
    found = [word.removeprefix("oa:") for word in _strings(data.get("motivation"))]
    if not found and data.get("motivation") is None:
        bodies = [each for each in _listed(data.get("body")) if isinstance(each, dict)]
        is_edit = any(_purpose(each) == Motivation.EDITING for each in bodies)
        return Motivation.EDITING if is_edit else Motivation.COMMENTING
    if len(found) == 1 and found[0] in Motivation.values:
        return found[0]
    kinds = ", ".join(Motivation.values)
    problems.add("motivation", _("Please give one of: %(kinds)s."), "invalid", kinds=kinds)
    return Motivation.COMMENTING


def _purpose(body: dict[str, Any]) -> str:
    return next(iter(_strings(body.get("purpose"))), "").removeprefix("oa:")


def _bodies(data: dict[str, Any], motivation: str, problems: Problems) -> tuple[str, str]:
    """Return proposed wording and words."""
    if "bodyValue" in data and "body" in data:
        problems.add("bodyValue", _("Please send body or bodyValue, not both."), "invalid")
        return "", ""
    if "bodyValue" in data:
        return _plain(data["bodyValue"], "bodyValue", problems, motivation)
    proposed: list[str] = []
    words: list[str] = []
    for each in _listed(data.get("body"))[:3]:
        text = _body_text(each, problems)
        is_edit = isinstance(each, dict) and _purpose(each) == Motivation.EDITING
        (proposed if is_edit else words).append(text)
    if motivation == Motivation.EDITING and not proposed and len(words) == 1:
        proposed, words = words, []
    if len(proposed) > 1 or len(words) > 1:
        problems.add(
            "body",
            _("Please send one text, and with a suggested edit one more that says why."),
            "invalid",
        )
    if proposed and motivation != Motivation.EDITING:
        problems.add("body", _("A text that edits needs the motivation “editing”."), "invalid")
    return "".join(proposed[:1]), "".join(words[:1])


def _plain(
    value: Any,  # noqa: ANN401  # JSON of strangers
    name: str,
    problems: Problems,
    motivation: str,
) -> tuple[str, str]:
    if not isinstance(value, str):
        problems.add(name, _("This must be a text."), "invalid")
        return "", ""
    return (value, "") if motivation == Motivation.EDITING else ("", value)


def _body_text(body: Any, problems: Problems) -> str:  # noqa: ANN401  # JSON of strangers
    """Return the words of one body; only plain text is taken."""
    is_text = isinstance(body, dict) and isinstance(body.get("value"), str)
    kinds = _strings(body.get("type", body.get("@type"))) if isinstance(body, dict) else []
    if not is_text or (kinds and "TextualBody" not in kinds):
        problems.add("body", _("A body must be a TextualBody with a text as value."), "invalid")
        return ""
    formats = _listed(body.get("format"))
    if any(str(each).partition(";")[0].strip() != "text/plain" for each in formats):
        problems.add("body", _("Only plain text is taken, with the format text/plain."), "invalid")
    return str(body["value"])


def _target(value: Any, problems: Problems) -> Target:  # noqa: ANN401  # JSON of strangers
    """Return the one target."""
    found = _listed(value)
    if len(found) != 1:
        problems.add("target", _("Please name one target."), "invalid")
        return Target("")
    target = found[0]
    if isinstance(target, str):
        return _of_source(target)
    source = _source(target) if isinstance(target, dict) else ""
    if not source or len(source) > LONGEST_ADDRESS:
        problems.add("target", _("The target needs a source: the address of a version."), "invalid")
        return Target("")
    return _selected(_of_source(source), target.get("selector"), problems)


def _source(target: dict[str, Any]) -> str:
    source = target.get("source", target.get("id", target.get("@id")))
    if isinstance(source, dict):
        source = source.get("id", source.get("@id"))
    return source if isinstance(source, str) else ""


def _of_source(source: str) -> Target:
    """Return an address as target; its fragment may name a passage."""
    address, _hash, fragment = source.partition("#")
    if fragment.startswith(_FRAGMENT):
        return Target(address, uid=fragment.removeprefix(_FRAGMENT))
    return Target(source)


def _selected(
    target: Target,
    selector: Any,  # noqa: ANN401  # JSON of strangers
    problems: Problems,
) -> Target:
    """Add to a target what its selectors say; those that nobody here knows are passed over."""
    if selector is None:
        return target
    known: dict[str, Any] = {}
    for each in _selectors(selector):
        kinds = _strings(each.get("type", each.get("@type")))
        if "FragmentSelector" in kinds:
            known |= _fragment(each)
        elif "TextQuoteSelector" in kinds:
            known |= _quote(each, problems)
        elif "TextPositionSelector" in kinds:
            known |= _position(each, problems)
    if not known and not problems.found:
        problems.add(
            "target.selector",
            _("Only fragment, quote and position are known as selectors."),
            "invalid",
        )
    values = {name: getattr(target, name) for name in Target.__slots__}
    return Target(**{**values, **known})


def _selectors(value: Any) -> Iterator[dict[str, Any]]:  # noqa: ANN401  # JSON of strangers
    """Yield selectors and what refines them, so many at most."""
    waiting, seen = _listed(value), 0
    while waiting and seen < _MOST_SELECTORS:
        each = waiting.pop(0)
        seen += 1
        if isinstance(each, dict):
            yield each
            waiting += _listed(each.get("refinedBy"))[:_MOST_SELECTORS]


def _fragment(selector: dict[str, Any]) -> dict[str, Any]:
    value = selector.get("value")
    if not isinstance(value, str):
        return {"uid": "?"}
    return {"uid": value.removeprefix("#").removeprefix(_FRAGMENT)}


def _quote(selector: dict[str, Any], problems: Problems) -> dict[str, Any]:
    found = {name: selector.get(name, "") for name in ("exact", "prefix", "suffix")}
    if not all(isinstance(text, str) for text in found.values()) or not found["exact"].strip():
        problems.add("target.selector", _("A quote needs the words as a text."), "invalid")
        return {}
    quote = {name: unicodedata.normalize("NFC", text) for name, text in found.items()}
    quote["prefix"] = quote["prefix"][-LONGEST_CONTEXT:]
    quote["suffix"] = quote["suffix"][:LONGEST_CONTEXT]
    return quote


def _position(selector: dict[str, Any], problems: Problems) -> dict[str, Any]:
    start, end = selector.get("start"), selector.get("end")
    for value in (start, end):
        if not isinstance(value, int) or isinstance(value, bool) or abs(value) > LONGEST_OFFSET:
            problems.add("target.selector", _("Start and end must be whole numbers."), "invalid")
            return {}
    return {"start": start, "end": end}


def _address(value: Any, name: str, problems: Problems) -> str:  # noqa: ANN401  # see above
    """Return an address that a client gave, empty where there is none."""
    if value is None:
        return ""
    if isinstance(value, str) and len(value) <= LONGEST_ADDRESS and _is_address(value):
        return value
    problems.add(name, _("This must be an address that begins with http, https or urn."), "invalid")
    return ""


def _is_address(value: str) -> bool:
    if not value.isprintable() or any(sign in value for sign in ' "<>\\^`{|}'):
        return False
    try:
        parts = urlsplit(value)
    except ValueError:
        return False
    return (parts.scheme in {"http", "https"} and bool(parts.netloc)) or (
        parts.scheme == "urn" and ":" in parts.path
    )


def _via(data: dict[str, Any], problems: Problems) -> list[str]:
    """Return where an annotation came from: what it says, and the id that it had there."""
    given = [_address(each, "via", problems) for each in _listed(data.get("via"))[:_MOST_VIA]]
    name = data.get("id", data.get("@id"))
    if isinstance(name, str) and len(name) <= LONGEST_ADDRESS and _is_address(name):
        given.append(name)
    return list(dict.fromkeys(filter(None, given)))
