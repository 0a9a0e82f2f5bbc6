"""The accounts of the demo; their password is known to everybody."""

from __future__ import annotations

from dataclasses import dataclass

from cms_pages.permissions import EDITOR, MODERATOR, REVIEWER, SENATE_OFFICE

PASSWORD = "synopse-demo"  # noqa: S105  # shown on the demo's own log-in page


@dataclass(frozen=True, slots=True)
class DemoAccount:
    """One account: its name and the group it belongs to, empty for a citizen."""

    username: str
    group: str = ""


ACCOUNTS = (
    DemoAccount("redaktion", EDITOR.group),
    DemoAccount("pruefung", REVIEWER.group),
    DemoAccount("moderation", MODERATOR.group),
    DemoAccount("senat", SENATE_OFFICE.group),
    DemoAccount("buergerin"),
)
