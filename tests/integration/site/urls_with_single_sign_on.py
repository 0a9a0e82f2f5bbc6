"""The site's addresses while the city's log-in is on."""

from config.urls import *  # noqa: F403  # the same, and what is added
from config.urls import urlpatterns as usual
from django.urls import include, path

urlpatterns = [
    path("accounts/3rdparty/", include("allauth.socialaccount.urls")),
    path("accounts/", include("allauth.socialaccount.providers.openid_connect.urls")),
    *usual,
]
