"""Settings of the tests: SQLite by default, PostgreSQL where SYNOPSE_TEST_DATABASE says so."""

import os

from config.settings.base import *  # noqa: F403  # settings are layered

VAR.mkdir(parents=True, exist_ok=True)  # noqa: F405  # a fresh clone has no such folder

DEBUG = False
SECRET_KEY = "only-for-tests"  # noqa: S105  # not a secret
ALLOWED_HOSTS = ["*"]
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
TASKS = {"default": {"BACKEND": "django_tasks.backends.immediate.ImmediateBackend"}}
WHITENOISE_USE_FINDERS = True
WHITENOISE_AUTOREFRESH = True
MEDIA_ROOT = VAR / "test-media"  # noqa: F405
INSTALLED_APPS += ["tests.testapp"]  # noqa: F405
SYNOPSE_MINIMUM_SECONDS = 0
# One person of a test writes more in a second than people do in a day; tests of limits set some.
SYNOPSE_RATE_LIMITS = dict.fromkeys(
    ("mail_address", "post_person", "post_network", "post_page", "said_again", "same_words"), ""
)
# A test that is rolled back takes its stamps with it; those of kept pages switch this on.
SYNOPSE_PAGE_CACHE = SYNOPSE_TEXT_CACHE = ""

# What a test stores need not outlive a power cut.
DATABASES["default"]["OPTIONS"] |= {  # type: ignore[operator]  # noqa: F405
    "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=OFF;"
}
_suffix = os.environ.get("SYNOPSE_TEST_DB_SUFFIX", "")
DATABASES["default"]["TEST"] = {"NAME": VAR / f"test{_suffix}.sqlite3"}  # noqa: F405
if url := os.environ.get("SYNOPSE_TEST_DATABASE"):
    from config.databases import from_url

    DATABASES["default"] = from_url(url)  # noqa: F405
    DATABASES["default"]["TEST"] = {"NAME": f"test_synopse{_suffix}"}  # noqa: F405
