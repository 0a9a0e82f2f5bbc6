"""Settings for a public site: everything that differs comes from the environment."""

import os

from csp.constants import SELF
from django.core.exceptions import ImproperlyConfigured

from config.databases import from_url
from config.settings.base import *  # noqa: F403  # settings are layered
from config.single_sign_on import from_environment, origin_of, providers_for

DEBUG = False


def _required(name: str) -> str:
    value = os.environ.get(name, "")
    if not value:
        msg = f"Set {name} in the environment; docs/how-to/production.md says how."
        raise ImproperlyConfigured(msg)
    return value


SECRET_KEY = _required("SYNOPSE_SECRET_KEY")
if len(SECRET_KEY) < 50 or len(set(SECRET_KEY)) < 5:  # Django's own rule (W009)
    msg = "SYNOPSE_SECRET_KEY must be long and random: at least 50 characters."
    raise ImproperlyConfigured(msg)
if SECRET_KEY == DEMO_SECRET_KEY or SECRET_KEY.startswith("django-insecure-"):  # noqa: F405
    msg = "SYNOPSE_SECRET_KEY is known to everybody: make one of your own."
    raise ImproperlyConfigured(msg)
ALLOWED_HOSTS = [host.strip() for host in _required("SYNOPSE_HOSTS").split(",") if host.strip()]
if not ALLOWED_HOSTS or any("*" in host or host.startswith(".") for host in ALLOWED_HOSTS):
    msg = "SYNOPSE_HOSTS must name every host in full: links in mails carry the host of a request."
    raise ImproperlyConfigured(msg)
CSRF_TRUSTED_ORIGINS = [f"https://{host}" for host in ALLOWED_HOSTS]
DATABASES["default"] = from_url(_required("SYNOPSE_DATABASE"))  # noqa: F405
WAGTAILADMIN_BASE_URL = os.environ.get("SYNOPSE_BASE_URL", f"https://{ALLOWED_HOSTS[0]}")

SECURE_SSL_REDIRECT = True
SECURE_REDIRECT_EXEMPT = [r"^healthz$", r"^readyz$"]
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
SECURE_HSTS_SECONDS = 31_536_000
SECURE_HSTS_INCLUDE_SUBDOMAINS = True
SECURE_HSTS_PRELOAD = True
SESSION_COOKIE_SECURE = True
CSRF_COOKIE_SECURE = True
STORAGES["staticfiles"] = {  # noqa: F405
    "BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"
}
CACHES["default"] = {  # noqa: F405
    "BACKEND": "django.core.cache.backends.db.DatabaseCache",
    "LOCATION": "synopse_cache",
    **HIDDEN_KEYS,  # noqa: F405
}
if cache := os.environ.get("SYNOPSE_CACHE"):
    CACHES["default"] = {  # noqa: F405
        "BACKEND": "django.core.cache.backends.redis.RedisCache",
        "LOCATION": cache,
        **HIDDEN_KEYS,  # noqa: F405
    }
# Limits count by network: without this all people would be the proxy.
ALLAUTH_TRUSTED_PROXY_COUNT = SYNOPSE_PROXIES = int(os.environ.get("SYNOPSE_PROXIES", "1"))

SYNOPSE_STAFF_SECOND_FACTOR = True

if single := from_environment(os.environ):
    SOCIALACCOUNT_PROVIDERS = providers_for(single)
    SYNOPSE_SINGLE_SIGN_ON = single.label or single.issuer
    # Browsers hold a form's policy against where its answer leads on to, too.
    CONTENT_SECURITY_POLICY["DIRECTIVES"]["form-action"] = [SELF, origin_of(single)]  # noqa: F405

EMAIL_HOST = os.environ.get("SYNOPSE_SMTP_HOST", "localhost")
EMAIL_PORT = int(os.environ.get("SYNOPSE_SMTP_PORT", "25"))
EMAIL_HOST_USER = os.environ.get("SYNOPSE_SMTP_USER", "")
EMAIL_HOST_PASSWORD = os.environ.get("SYNOPSE_SMTP_PASSWORD", "")
EMAIL_USE_TLS = os.environ.get("SYNOPSE_SMTP_TLS", "1") == "1"
