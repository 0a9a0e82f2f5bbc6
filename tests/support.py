"""Help for tests: where shared material lies."""

from __future__ import annotations

from pathlib import Path

SHARED = Path(__file__).resolve().parents[2] / "shared"


class MissingData(LookupError):  # noqa: N818 -- it names what is missing
    """The folder ``shared`` beside the repository lacks what a test needs."""


def shared_path(name: str) -> Path:
    """Return a path in the folder ``shared`` beside the repository.

    Raises:
        MissingData: It does not exist; a test skips and gives this as its reason.
    """
    path = SHARED / name
    if not path.exists():
        raise MissingData(f"no {name} in the folder 'shared' beside the repository")
    return path
