"""Who speaks in the demo."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from annotations.services.officials import set_official_role
from cms_pages.demo.accounts import ACCOUNTS, PASSWORD
from cms_pages.services.accounts import make_account

if TYPE_CHECKING:
    from django.contrib.auth.models import User

    from cms_pages.demo.fixture import Fixture


class People:
    """The people of the demo: those with an account, and guests.

    Attributes:
        base_url: Begin of the links in their mails.
    """

    def __init__(self, *, fixture: Fixture, base_url: str) -> None:
        """Make the accounts that are missing."""
        self.base_url = base_url
        self._people = {person["key"]: person for person in fixture.read("people")}
        self._users: dict[str, User] = {}
        groups = {account.username: account.group for account in ACCOUNTS}
        departments = {account.username: account.department for account in ACCOUNTS}
        for person in self._people.values():
            if person["account"]:
                self._make(person, person["account"], groups[person["account"]], PASSWORD)
                self._give_role(person["account"], groups, departments)
        for entry in fixture.read("annotations"):
            if entry["state"] == "withdrawn" and entry["author"] not in self._users:
                self._make(self._people[entry["author"]], entry["author"], "", None)

    def _give_role(
        self, username: str, groups: dict[str, str], departments: dict[str, str]
    ) -> None:
        """Let staff speak under the name of their group, for their department."""
        if role := groups[username]:
            user = self._users[username]
            set_official_role(user=user, role=role, department=departments[username])

    def user(self, key: str) -> User:
        """Return the account of a person, by the person's key or the account's name."""
        return self._users[key]

    def author(self, key: str) -> dict[str, Any]:
        """Return a person as the services take authors."""
        person = self._people[key]
        if key in self._users:
            return {"user": self._users[key]}
        return {"name": person["name"], "email": person["email"]}

    def _make(
        self, person: dict[str, Any], username: str, group: str, password: str | None
    ) -> None:
        user = make_account(
            username=username,
            email=person["email"],
            password=password,
            name=person["name"],
            groups=[group] if group else [],
        )
        self._users[person["key"]] = self._users[username] = user
