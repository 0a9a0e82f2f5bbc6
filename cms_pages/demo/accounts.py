"""The accounts of the demo; their password is known to everybody."""

from __future__ import annotations

from dataclasses import dataclass

from cms_pages.permissions import EDITOR, MODERATOR, REVIEWER, SENATE_OFFICE

PASSWORD = "synopse-demo"  # noqa: S105  # shown on the demo's own log-in page


@dataclass(frozen=True, slots=True)
class DemoAccount:
    """One account: its name, group and department, both empty for a citizen."""

    username: str
    group: str = ""
    department: str = ""


ACCOUNTS = (
    DemoAccount("redaktion", EDITOR.group, "Senatskanzlei"),
    DemoAccount("pruefung", REVIEWER.group, "Senatskanzlei"),
    DemoAccount("moderation", MODERATOR.group, "Beteiligungsbüro"),
    DemoAccount("senat", SENATE_OFFICE.group, "Senatsbüro"),
    DemoAccount("buergerin"),
)
