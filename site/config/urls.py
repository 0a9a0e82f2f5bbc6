"""Addresses of the ready-to-run site."""

from django.conf import settings
from django.conf.urls.i18n import i18n_patterns
from django.urls import include, path, re_path
from django.views.i18n import set_language
from wagtail import urls as wagtail_urls
from wagtail.admin import urls as wagtailadmin_urls
from wagtail.documents import urls as wagtaildocs_urls

from cms_pages import routing
from config import views

urlpatterns = [
    path("healthz", views.healthz, name="healthz"),
    path("readyz", views.readyz, name="readyz"),
    path("accounts/admin/", views.admin_login, name="admin_login"),
    path("accounts/", include("allauth.account.urls")),
    path("accounts/2fa/", include("allauth.mfa.urls")),
    path("language/", set_language, name="set_language"),
    path("admin/login/", views.other_login, name="other_admin_login"),
    path("admin/", include(wagtailadmin_urls)),
    path("api/", include("annotations.api.urls")),
    path("documents/", include(wagtaildocs_urls)),
    path("media/<path:path>", views.media, name="media"),
]
if settings.SYNOPSE_DEMO:
    urlpatterns.append(path("demo/", include("config.demo.urls")))

if settings.SYNOPSE_SINGLE_SIGN_ON:
    urlpatterns += [
        path("accounts/3rdparty/", include("allauth.socialaccount.urls")),
        path("accounts/", include("allauth.socialaccount.providers.openid_connect.urls")),
    ]

urlpatterns += i18n_patterns(
    path("", include("versioning.urls")),
    path("", include("annotations.urls")),
    path("", include("cms_pages.urls")),
    path("_util/login/", views.other_login, name="other_page_login"),
    re_path(routing.PATTERN, routing.serve, name="wagtail_serve"),
    path("", include(wagtail_urls)),
)
handler400 = "config.views.bad_request"
handler403 = "config.views.permission_denied"
handler404 = "config.views.page_not_found"
handler429 = "config.views.too_often"  # of django-allauth
handler500 = "config.views.server_error"
