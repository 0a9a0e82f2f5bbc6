"""Settings of the demo and of development: SQLite, no set-up by hand."""

import os

from config.settings.base import *  # noqa: F403  # settings are layered

VAR.mkdir(parents=True, exist_ok=True)  # noqa: F405  # a fresh clone has no such folder

DEBUG = os.environ.get("SYNOPSE_DEBUG", "") == "1"
SECRET_KEY = DEMO_SECRET_KEY  # noqa: F405
ALLOWED_HOSTS = ["127.0.0.1", "localhost", "[::1]", "testserver"]
INTERNAL_IPS = ["127.0.0.1"]
WHITENOISE_USE_FINDERS = True
WHITENOISE_AUTOREFRESH = True

SYNOPSE_DEMO = True
SYNOPSE_RATE_LIMITS = {
    "confirm_mail": "2000/h",
    "mail_address": "2000/h",
    "report_mail": "2000/h",
    "login": "100/15m",
    "login_account": "1000/15m",
    "login_network": "1000/15m",
}
INSTALLED_APPS += ["config.demo"]  # noqa: F405
EMAIL_BACKEND = "config.demo.mail.DatabaseBackend"
