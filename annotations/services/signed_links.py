"""Signed links to one row: nobody guesses one, and nothing stores them."""

from __future__ import annotations

from django.core import signing

from annotations.services.token_errors import TokenUnknown

_LONGEST = 100


class SignedKeys:
    """Tokens that stand for primary keys.

    Args:
        salt: What the tokens are for; they do nothing else.
    """

    def __init__(self, salt: str) -> None:
        self._signer = signing.Signer(sep=".", salt=salt)

    def token_of(self, key: int) -> str:
        """Return the token of a row."""
        return self._signer.sign(str(key))

    def key_of(self, token: str) -> int:
        """Return the key that a token stands for.

        Raises:
            TokenUnknown: It is not one of ours.
        """
        try:
            return int(self._signer.unsign(token[:_LONGEST]))
        except (signing.BadSignature, ValueError) as error:
            raise TokenUnknown from error
