"""Signing in by the city's own log-in (OpenID Connect), as settings for django-allauth."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple
from urllib.parse import urlsplit

from django.core.exceptions import ImproperlyConfigured

if TYPE_CHECKING:
    from collections.abc import Mapping

PROVIDER = "city"
"""Stands in our addresses: the issuer has to know ``/accounts/oidc/city/login/callback/``."""
VARIABLES = ("SYNOPSE_OIDC_ISSUER", "SYNOPSE_OIDC_CLIENT_ID", "SYNOPSE_OIDC_SECRET")


class SingleSignOn(NamedTuple):
    """Where the city's log-in is, and who we are to it.

    Attributes:
        issuer: Its address, below which ``/.well-known/openid-configuration`` stands.
        client_id: Our name there.
        secret: Our password there.
        label: What stands on the button.
    """

    issuer: str
    client_id: str
    secret: str
    label: str


def from_environment(environment: Mapping[str, str]) -> SingleSignOn | None:
    """Return what the environment says, None where it says nothing.

    Raises:
        ImproperlyConfigured: Something is missing, or the issuer speaks no TLS.
    """
    values = [environment.get(name, "") for name in VARIABLES]
    if not any(values):
        return None
    if not all(values):
        msg = f"Set all of {', '.join(VARIABLES)}, or none of them."
        raise ImproperlyConfigured(msg)
    issuer, client_id, secret = values
    if not issuer.startswith("https://"):
        msg = "SYNOPSE_OIDC_ISSUER must begin with https://"
        raise ImproperlyConfigured(msg)
    return SingleSignOn(issuer, client_id, secret, environment.get("SYNOPSE_OIDC_LABEL", ""))


def providers_for(single: SingleSignOn) -> dict[str, Any]:
    """Return what django-allauth calls its providers."""
    app = {
        "provider_id": PROVIDER,
        "name": single.label or PROVIDER,
        "client_id": single.client_id,
        "secret": single.secret,
        "settings": {"server_url": single.issuer},
    }
    return {"openid_connect": {"OAUTH_PKCE_ENABLED": True, "APPS": [app]}}


def origin_of(single: SingleSignOn) -> str:
    """Return the origin to which our log-in page may send a form on."""
    parts = urlsplit(single.issuer)
    return f"{parts.scheme}://{parts.netloc}"
