"""The door for web servers."""

import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings.production")
application = get_wsgi_application()

from django.db import connections  # noqa: E402  # models are loaded only now

from cms_pages.checks import refuse_demo_accounts  # noqa: E402

refuse_demo_accounts()
connections.close_all()  # a server that forks after loading must not share one among its workers
