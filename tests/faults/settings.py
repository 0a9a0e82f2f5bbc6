"""Settings of processes that a fault run starts and kills: those of the tests, on the same data.

``SYNOPSE_FAULTS_DATABASE`` names the database of the run, ``SYNOPSE_FAULTS_MAILS`` the folder that
mails are put into.
"""

import os

from config.settings.test import *  # noqa: F403  # settings are layered

AS_IN_PUBLIC = {
    "EMAIL_BACKEND": "tests.faults.mailing.FolderBackend",
    "TASKS": {"default": {"BACKEND": "django_tasks_db.DatabaseBackend"}},
    "SYNOPSE_PAGE_CACHE": "pages",
    "SYNOPSE_TEXT_CACHE": "pages",
}
"""What other tests make easier for themselves; the tests here set it, too."""

globals().update(AS_IN_PUBLIC)
if name := os.environ.get("SYNOPSE_FAULTS_DATABASE"):
    DATABASES["default"]["NAME"] = name  # noqa: F405
if folder := os.environ.get("SYNOPSE_FAULTS_MAILS"):
    EMAIL_FILE_PATH = folder
