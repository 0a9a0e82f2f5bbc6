"""Our reactions to facts of others."""


def connect() -> None:
    """Connect every handler of this app."""
