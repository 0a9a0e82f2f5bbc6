"""How a mail looks: plain text and HTML from one description, so that neither says more.

A template of ``annotations/mail/`` is rendered twice, see ``templatetags.mail_tags``. That gives a
body, which a bundle can take in; a letter has a greeting before and a foot behind it.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple

from django.template import Context, Engine
from django.template.loader import get_template
from django.utils import translation
from django.utils.html import escape, format_html
from django.utils.safestring import mark_safe
from django.utils.translation import gettext as _

from annotations.templatetags import mail_tags

if TYPE_CHECKING:
    from collections.abc import Sequence
    from typing import Any

    from django.utils.safestring import SafeString

_MANY_BREAKS = re.compile(r"\n{3,}")
_ADDRESS = re.compile(r"https?://\S+")


_FIRST_OF_TEXT = re.compile(r"\A()([a-zäöü])")
_FIRST_OF_HTML = re.compile(r'\A(<p style="[^"]*">)([a-zäöü])')


class Body(NamedTuple):
    """What a mail says, without greeting and foot.

    Attributes:
        text: Plain text.
        html: The same as HTML, without the frame of a document.
    """

    text: str
    html: str


class Letter(NamedTuple):
    """A whole mail: plain text, and an HTML document that says the same."""

    text: str
    html: str


class Foot(NamedTuple):
    """What stands below a mail.

    Attributes:
        wishes_url: Where one chooses which mails one gets; empty where there is no such page.
        stop_url: Where mails like this one end; empty where they always go out.
        stops_all: Whether everything ends there that can be switched off.
    """

    wishes_url: str = ""
    stop_url: str = ""
    stops_all: bool = False


class Section(NamedTuple):
    """A piece of a bundle: its heading and its body."""

    heading: str
    body: Body


def body_of(template: str, language: str, /, **context: Any) -> Body:  # noqa: ANN401  # template
    """Render what a mail says.

    Args:
        template: Name of the template in ``annotations/mail/``, or a path with a slash.
        language: In which it is said.
        context: What the template needs; what people wrote is escaped by Django.
    """
    name = template if "/" in template else f"annotations/mail/{template}.txt"
    with translation.override(language):
        return Body(*(_part(name, part, context) for part in ("text", "html")))


def letter_of(
    *, subject: str, body: Body, language: str, name: str = "", foot: Foot | None = None
) -> Letter:
    """Put greeting and foot around a body.

    Args:
        subject: As the mail has it; the title of the document.
        body: What the mail says.
        language: Of all of it.
        name: Whom it greets, empty for nobody by name.
        foot: What stands below; without one, nothing does.
    """
    with translation.override(language):
        frame = {"name": name, "foot": foot or Foot(), "has_foot": foot is not None}
        before = _both("annotations/mail/frame_greeting.txt", frame)
        after = _both("annotations/mail/frame_foot.txt", frame)
    text = _tidied(f"{before.text}\n\n{body.text}\n\n{after.text}") + "\n"
    inside = [mark_safe(part) for part in (before.html, body.html)]  # noqa: S308  # rendered here
    document = get_template("annotations/mail/base.html").render(
        {
            "subject": subject,
            "language": language,
            "parts": inside,
            "foot": mark_safe(after.html),  # noqa: S308  # rendered here
        }
    )
    return Letter(text, document.strip() + "\n")


def bundle_of(sections: Sequence[Section], *, language: str) -> Body:
    """Put several bodies one below the other, each under its heading."""
    with translation.override(language):
        intro = _both("annotations/mail/frame_bundle.txt", {"count": len(sections)})
    text, html = [intro.text], [intro.html]
    for heading, body in sections:
        text += ["-" * 40, heading, _FIRST_OF_TEXT.sub(_large, body.text)]
        html.append(format_html('<h2 style="{}">{}</h2>', mail_tags.HEADING, heading))
        html.append(_FIRST_OF_HTML.sub(_large, body.html))
    return Body(_tidied("\n\n".join(text)), "\n".join(html))


def _large(found: re.Match[str]) -> str:
    """Let a sentence that went on after a greeting begin with a capital letter."""
    return found[1] + found[2].upper()


def html_of_text(*, subject: str, text: str, language: str) -> str:
    """Return an HTML document for a mail that others wrote as plain text.

    Blank lines part paragraphs; an address of a line of its own becomes a link.
    """
    paragraphs = re.split(r"\n\s*\n", text.strip())
    document = get_template("annotations/mail/base.html").render(
        {"subject": subject, "language": language, "parts": map(_paragraph, paragraphs)}
    )
    return document.strip() + "\n"


def _paragraph(text: str) -> SafeString:
    style = mail_tags.MARGIN
    if _ADDRESS.fullmatch(text.strip()):
        return format_html(
            '<p style="{0}"><a href="{1}" style="{2}">{1}</a></p>',
            style,
            text.strip(),
            mail_tags.LINK,
        )
    lines = mark_safe(escape(text).replace("\n", "<br>"))  # noqa: S308  # escaped
    return format_html('<p style="{}">{}</p>', style, lines)


def _both(name: str, context: dict[str, Any]) -> Body:
    return Body(*(_part(name, part, context) for part in ("text", "html")))


def _part(name: str, part: str, context: dict[str, Any]) -> str:
    """Render a template as one of its parts; only HTML is escaped."""
    rendered = (
        _engine()
        .get_template(name)
        .render(Context({**context, "part": part}, autoescape=part == "html"))
    )
    return _tidied(rendered) if part == "text" else rendered.strip()


def _engine() -> Engine:
    """Return Django's own engine: only itself takes a context that does not escape."""
    return Engine.get_default()


def _tidied(text: str) -> str:
    """Return a text without blanks at its ends and with one empty line between paragraphs."""
    return _MANY_BREAKS.sub("\n\n", text).strip()


def subject_of_bundle(number: int, language: str) -> str:
    """Return the subject of a mail that holds several."""
    with translation.override(language):
        return _("What is new: %(number)d messages") % {"number": number}
