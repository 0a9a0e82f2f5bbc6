"""Settings under which the web benchmark serves: the demo's, on PostgreSQL where one is named."""

import os

from config.databases import from_url
from config.settings.dev import *  # noqa: F403  # settings are layered

DEBUG = False
WHITENOISE_AUTOREFRESH = False
SYNOPSE_MINIMUM_SECONDS = 0
SYNOPSE_RATE_LIMITS = {"post_network": "", "compare_network": ""}  # one address stands for all
LOGGING["root"]["level"] = "ERROR"  # noqa: F405  # lines about single contributions hide the table
LOGGING["loggers"] = {}  # noqa: F405
if url := os.environ.get("SYNOPSE_TEST_DATABASE"):
    DATABASES["default"] = from_url(url)  # noqa: F405
