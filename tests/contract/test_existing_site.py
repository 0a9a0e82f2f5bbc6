"""The README's way into an existing site, followed word by word in a site of its own."""

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]

SETTINGS = """
SECRET_KEY = "only-for-this-test"
DEBUG = False
ALLOWED_HOSTS = ["*"]
USE_TZ = True
ROOT_URLCONF = "host.urls"
STATIC_URL = "/static/"
WAGTAIL_SITE_NAME = "Host"
WAGTAILADMIN_BASE_URL = "http://example.org"
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
DATABASES = {"default": {"ENGINE": "django.db.backends.sqlite3", "NAME": "host.sqlite3"}}
EMAIL_BACKEND = "django.core.mail.backends.filebased.EmailBackend"
EMAIL_FILE_PATH = "mails"
INSTALLED_APPS += [
    "host", "wagtail.sites", "wagtail.users", "wagtail.snippets", "wagtail.documents",
    "wagtail.images", "wagtail.search", "wagtail.admin", "wagtail", "modelcluster", "taggit",
    "django_filters", "django.contrib.auth", "django.contrib.contenttypes",
    "django.contrib.sessions", "django.contrib.messages", "django.contrib.staticfiles",
]
MIDDLEWARE = [
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
]
TEMPLATES = [{
    "BACKEND": "django.template.backends.django.DjangoTemplates",
    "APP_DIRS": True,
    "OPTIONS": {"context_processors": [
        "django.template.context_processors.request",
        "django.contrib.auth.context_processors.auth",
        "django.contrib.messages.context_processors.messages",
    ]},
}]
"""
URLS = """
from django.urls import include, path
from wagtail import urls as wagtail_urls
from wagtail.admin import urls as wagtailadmin_urls

urlpatterns = [path("admin/", include(wagtailadmin_urls))]
"""
MODELS = """
from wagtail.admin.panels import FieldPanel
from wagtail.fields import RichTextField
from wagtail.models import Page
"""
STORY = """
import re, sys
from datetime import timedelta
from pathlib import Path
from django.core.management import call_command
from django.test import Client
from django.utils import timezone
from wagtail.models import Site
from annotations.models import Annotation
from host.models import StrategyPage
from versioning.models import Version

assert "cms_pages" not in sys.modules and "config" not in sys.modules
page = StrategyPage(title="Strategy", slug="strategy", body="<p>The city opens its data.</p>")
page.live = False
Site.objects.get().root_page.add_child(instance=page)
page.plan_version(label="Draft", closes=timezone.now() + timedelta(days=1))
page.save_revision().publish()
version = Version.objects.get()
assert version.number == 1, version

guest = Client()
html = guest.get("/strategy/").content.decode()
assert "The city opens its data." in html, html
address = f"/versions/{page.pk}/1/passages/{version.passages.get().uid}/"
form = guest.get(address).content.decode()
hidden = dict(re.findall(r'type="hidden" name="([a-z_]+)" value="([^"]*)"', form))
words = {"body": "I like that.", "name": "Mira", "email": "mira@example.org"}
kind = {"motivation": "commenting"}
sent = guest.post(address, hidden | words | kind, follow=True)
if Annotation.objects.count() == 0:  # too quick the first time, as the setting's default says
    import time
    time.sleep(3)
    sent = guest.post(address, hidden | words | kind, follow=True)
assert sent.status_code == 200 and Annotation.objects.count() == 1, sent.content.decode()

call_command("run_jobs", once=True)
(mail,) = Path("mails").iterdir()
link = re.search(r"https?://[^/]+(/annotations/confirm/\\S+)", mail.read_text()).group(1)
assert guest.get(link).status_code == 200
assert "I like that." not in guest.get("/strategy/").content.decode()
assert guest.post(link).status_code == 302
assert "I like that." in guest.get("/strategy/").content.decode()
"""


def code(heading: str, number: int) -> str:
    """Return a Python block of a section of the README, without its indentation."""
    section = (ROOT / "README.md").read_text().partition(f"## {heading}")[2].partition("\n## ")[0]
    block = re.findall(r"```python\n(.*?)```", section, re.DOTALL)[number]
    return re.sub(r"^   ", "", block, flags=re.MULTILINE)


@pytest.fixture
def host(tmp_path):
    settings, urls, models = (code("Use it in an existing Wagtail site", n) for n in range(3))
    package = tmp_path / "host"
    package.mkdir()
    (package / "__init__.py").touch()
    (package / "settings.py").write_text(settings + SETTINGS)
    (package / "urls.py").write_text(URLS + urls)
    (package / "models.py").write_text(MODELS + models)
    (tmp_path / "story.py").write_text(STORY)
    return tmp_path


def manage(host, *arguments, **options):
    environment = {
        **{name: os.environ[name] for name in ("PATH", "HOME") if name in os.environ},
        "DJANGO_SETTINGS_MODULE": "host.settings",
        "PYTHONPATH": f"{host}{os.pathsep}{ROOT}",
    }
    done = subprocess.run(
        [sys.executable, "-m", "django", *arguments],
        cwd=host,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
        **options,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def test_a_page_of_an_existing_site_is_frozen_shown_and_annotated(host):
    manage(host, "makemigrations", "host")
    assert "No changes" in manage(host, "makemigrations", "--check", "--dry-run")
    manage(host, "check")
    manage(host, "migrate", "--verbosity", "0")
    manage(host, "shell", "--no-imports", input=(host / "story.py").read_text())
