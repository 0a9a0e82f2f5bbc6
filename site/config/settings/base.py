"""Settings that every environment shares."""

from __future__ import annotations

import os
from pathlib import Path
from zoneinfo import available_timezones

from csp.constants import NONCE, NONE, SELF, UNSAFE_INLINE
from django.utils.functional import SimpleLazyObject
from django.utils.translation import gettext_lazy as _

ROOT = Path(__file__).resolve().parents[3]
VAR = Path(os.environ.get("SYNOPSE_VAR", ROOT / "var"))

DEMO_SECRET_KEY = "only-for-the-demo-and-development-never-in-production"  # noqa: S105  # no secret

INSTALLED_APPS = [
    "cms_pages",
    "annotations",
    "versioning",
    "wagtail_localize",
    "wagtail_localize.locales",
    "wagtail.contrib.forms",
    "wagtail.contrib.redirects",
    "wagtail.contrib.settings",
    "wagtail.contrib.typed_table_block",
    "wagtail.embeds",
    "wagtail.sites",
    "cms_pages.users_app.AccountsAppConfig",  # in place of wagtail.users
    "wagtail.snippets",
    "wagtail.documents",
    "wagtail.images",
    "wagtail.search",
    "wagtail.admin",
    "wagtail",
    "modelcluster",
    "taggit",
    "django_filters",
    "django_comments_xtd",
    "django_comments",
    "django_tasks",
    "django_tasks_db",
    "csp",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "allauth.socialaccount",
    "allauth.socialaccount.providers.openid_connect",
    "axes",
    "django.contrib.admin",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.sites",
    "whitenoise.runserver_nostatic",
    "django.contrib.staticfiles",
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "config.middleware.ContentSecurityMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "versioning.page_cache.PageCacheMiddleware",  # pages have a language, and nobody was asked for
    "config.middleware.SignedOutMiddleware",
    "config.middleware.BodyLimitMiddleware",  # before anything reads what was sent
    "config.middleware.ReturnLanguageMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "annotations.throttling.ReadingLimitMiddleware",
    "cms_pages.second_factor.SecondFactorMiddleware",
    "versioning.final_texts.FinalTextMiddleware",
    "wagtail.contrib.redirects.middleware.RedirectMiddleware",
    "axes.middleware.AxesMiddleware",  # answers in place of the log-in page while the door is shut
]

ROOT_URLCONF = "config.urls"
WSGI_APPLICATION = "config.wsgi.application"

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [ROOT / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.debug",
                "django.template.context_processors.request",
                "django.template.context_processors.i18n",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "csp.context_processors.nonce",
                "wagtail.contrib.settings.context_processors.settings",
                "cms_pages.context_processors.site",
            ],
        },
    },
]

DATABASES = {
    "default": {
        "ENGINE": "django.db.backends.sqlite3",
        "NAME": VAR / "synopse.sqlite3",
        "OPTIONS": {
            "transaction_mode": "IMMEDIATE",
            "timeout": 30,
            "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL;",
        },
    }
}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

HIDDEN_KEYS = {"KEY_FUNCTION": "config.caching.hidden_key"}
CACHES = {
    "default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache", **HIDDEN_KEYS},
    "pages": {  # stamps in the database tell each process what is out of date
        "BACKEND": "django.core.cache.backends.locmem.LocMemCache",
        "LOCATION": "pages",
        "OPTIONS": {"MAX_ENTRIES": 60},
    },
}
SESSION_ENGINE = "django.contrib.sessions.backends.db"

AUTHENTICATION_BACKENDS = [
    "axes.backends.AxesStandaloneBackend",  # first: it stops before a password is looked at
    "cms_pages.backends.AuthenticationBackend",
]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {
        "NAME": "django.contrib.auth.password_validation.MinimumLengthValidator",
        "OPTIONS": {"min_length": 8},
    },
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]
PASSWORD_HASHERS = [
    "django.contrib.auth.hashers.Argon2PasswordHasher",
    "django.contrib.auth.hashers.PBKDF2PasswordHasher",
]

LANGUAGE_CODE = "de"
LANGUAGES = [("de", _("German")), ("en", _("English"))]
WAGTAIL_CONTENT_LANGUAGES = [("de", "Deutsch"), ("en", "English")]
WAGTAILADMIN_PERMITTED_LANGUAGES = WAGTAIL_CONTENT_LANGUAGES
FORMAT_MODULE_PATH = ["config.formats"]
LOCALE_PATHS = [ROOT / "templates" / "locale"]
TIME_ZONE = "Europe/Berlin"
WAGTAIL_USER_TIME_ZONES = SimpleLazyObject(  # a walk over many files: not at every start
    lambda: sorted(available_timezones() - {"localtime"})  # no browser knows that one
)
USE_I18N = True
USE_TZ = True
WAGTAIL_I18N_ENABLED = True

STATIC_URL = "/static/"
STATIC_ROOT = VAR / "static"
STATICFILES_DIRS = [
    ("skin", ROOT / "templates" / "static"),
    ("kern", ROOT / "node_modules" / "@kern-ux" / "native" / "dist"),
]
STORAGES = {
    "default": {"BACKEND": "config.storage.WholeFileStorage"},
    "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
}
MEDIA_URL = "/media/"
MEDIA_ROOT = VAR / "media"

SITE_ID = 1
SITE_NAME = os.environ.get("SYNOPSE_SITE_NAME", "Stadt Spreehafen · Strategie")

WAGTAIL_SITE_NAME = "Synopse"
WAGTAIL_FINISH_WORKFLOW_ACTION = "versioning.finishing.finish_workflow_state"
WAGTAILADMIN_BASE_URL = os.environ.get("SYNOPSE_BASE_URL", "http://127.0.0.1:8000")
WAGTAIL_ENABLE_UPDATE_CHECK = False
WAGTAIL_ENABLE_WHATS_NEW_BANNER = False
WAGTAIL_GRAVATAR_PROVIDER_URL = None
WAGTAILADMIN_COMMENTS_ENABLED = False
WAGTAILDOCS_SERVE_METHOD = "serve_view"
WAGTAILDOCS_DOCUMENT_FORM_BASE = "versioning.document_forms.KeptDocumentForm"
WAGTAILDOCS_EXTENSIONS = ["csv", "docx", "odt", "pdf", "txt", "xlsx", "zip"]
WAGTAILIMAGES_EXTENSIONS = ["gif", "jpg", "jpeg", "png", "webp"]
WAGTAILSEARCH_BACKENDS = {"default": {"BACKEND": "wagtail.search.backends.database"}}
WAGTAIL_FRONTEND_LOGIN_URL = "/accounts/login/"
WAGTAIL_PASSWORD_RESET_ENABLED = False  # django-allauth does it, for everybody
WAGTAILADMIN_LOGIN_URL = "/accounts/admin/"

COMMENTS_APP = "django_comments_xtd"
COMMENTS_XTD_MODEL = "annotations.models.Annotation"
COMMENTS_XTD_MAX_THREAD_LEVEL = 3
COMMENTS_XTD_CONFIRM_EMAIL = False
COMMENTS_XTD_THREADED_EMAILS = False
COMMENT_MAX_LENGTH = 3000

TASKS = {"default": {"BACKEND": "django_tasks_db.DatabaseBackend"}}

LOGIN_URL = "/accounts/login/"
LOGIN_REDIRECT_URL = "/"
ACCOUNT_LOGIN_METHODS = {"username", "email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "username*", "password1*"]
ACCOUNT_EMAIL_VERIFICATION = "mandatory"
ACCOUNT_CONFIRM_EMAIL_ON_GET = False
ACCOUNT_LOGOUT_ON_GET = False
ACCOUNT_LOGOUT_REDIRECT_URL = "/"
ACCOUNT_EMAIL_SUBJECT_PREFIX = ""
ACCOUNT_EMAIL_UNKNOWN_ACCOUNTS = False
ACCOUNT_ADAPTER = "cms_pages.accounts.AccountAdapter"
ACCOUNT_FORMS = {
    "add_email": "cms_pages.accounts.AddEmailForm",
    "change_password": "cms_pages.accounts.ChangePasswordForm",
    "login": "cms_pages.accounts.LoginForm",
    "reauthenticate": "cms_pages.accounts.ReauthenticateForm",
    "reset_password": "cms_pages.accounts.ResetPasswordForm",
    "reset_password_from_key": "cms_pages.accounts.ResetPasswordKeyForm",
    "set_password": "cms_pages.accounts.SetPasswordForm",
    "signup": "cms_pages.accounts.SignupForm",
}

SOCIALACCOUNT_PROVIDERS: dict[str, object] = {}
SOCIALACCOUNT_ADAPTER = "cms_pages.single_sign_on.SocialAccountAdapter"
SOCIALACCOUNT_FORMS = {"signup": "cms_pages.single_sign_on.SignupForm"}
SOCIALACCOUNT_AUTO_SIGNUP = False  # people choose their pseudonym
SOCIALACCOUNT_LOGIN_ON_GET = False
SOCIALACCOUNT_STORE_TOKENS = False
SYNOPSE_SINGLE_SIGN_ON = ""

MFA_ADAPTER = "cms_pages.second_factor.SecondFactorAdapter"
MFA_SUPPORTED_TYPES = ["totp", "recovery_codes"]
MFA_FORMS = {
    "activate_totp": "cms_pages.second_factor.ActivateTOTPForm",
    "authenticate": "cms_pages.second_factor.AuthenticateForm",
    "reauthenticate": "cms_pages.second_factor.ReauthenticateForm",
}

AXES_HANDLER = "cms_pages.logins.LoginHandler"
AXES_FAILURE_LIMIT = 1_000  # cms_pages.logins scales its three limits to it
AXES_COOLOFF_TIME = "cms_pages.logins.longest_period"
AXES_LOCKOUT_PARAMETERS = [["username", "ip_address"]]  # what a successful log-in forgets
AXES_USERNAME_CALLABLE = "cms_pages.logins.account_key"
AXES_CLIENT_IP_CALLABLE = "cms_pages.logins.network_key"
AXES_CLIENT_STR_CALLABLE = "cms_pages.logins.nobody"
AXES_LOCKOUT_CALLABLE = "cms_pages.logins.locked"
AXES_RESET_ON_SUCCESS = True
AXES_RESET_COOL_OFF_ON_FAILURE_DURING_LOCKOUT = False  # else a stranger could keep it shut for ever
AXES_DISABLE_ACCESS_LOG = True
AXES_ENABLE_ADMIN = False
AXES_VERBOSE = False

DEFAULT_FROM_EMAIL = os.environ.get("SYNOPSE_FROM_EMAIL", "beteiligung@localhost")
EMAIL_TIMEOUT = 20

SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin"
X_FRAME_OPTIONS = "SAMEORIGIN"  # Wagtail's preview shows pages in a frame of the admin
SILENCED_SYSTEM_CHECKS = ["security.W019"]  # which would have DENY instead
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
CSRF_COOKIE_SAMESITE = "Lax"
CSRF_FAILURE_VIEW = "config.views.csrf_failure"
DATA_UPLOAD_MAX_MEMORY_SIZE = 12_000_000  # Wagtail's editor sends a whole text at once
DATA_UPLOAD_MAX_NUMBER_FIELDS = 10_000
FILE_UPLOAD_MAX_MEMORY_SIZE = 1_000_000

CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [SELF],
        "script-src": [SELF, NONCE],
        "style-src": [SELF, NONCE],
        "img-src": [SELF, "data:"],
        "font-src": [SELF],
        "connect-src": [SELF],
        "object-src": [NONE],
        "base-uri": [NONE],
        "form-action": [SELF],
        "frame-ancestors": [SELF],
    }
}
# Wagtail's admin renders inline scripts and styles (date inputs, translation editor).
SYNOPSE_ADMIN_CONTENT_SECURITY_POLICY = {
    "default-src": [SELF],
    "script-src": [SELF, UNSAFE_INLINE],
    "style-src": [SELF, UNSAFE_INLINE],
    "img-src": [SELF, "data:", "blob:"],
    "object-src": [NONE],
    "base-uri": [NONE],
    "form-action": [SELF],
    "frame-ancestors": [SELF],
}

SYNOPSE_DEMO = False
SYNOPSE_DEMO_FOLDER = ROOT / "site" / "fixtures" / "demo"
SYNOPSE_CONTACT_EMAIL = os.environ.get("SYNOPSE_CONTACT_EMAIL", DEFAULT_FROM_EMAIL)
SYNOPSE_CONFIRMATION_HOURS = 48
SYNOPSE_MINIMUM_SECONDS = 3
SYNOPSE_MAX_BODY = 1_000_000  # of a request outside the admin, in bytes
SYNOPSE_STAFF_SECOND_FACTOR = False
SYNOPSE_GATE_BODIES = [  # where a process names none
    ("Senat, erste Befassung", "heard"),
    ("Rat der Bürgermeister", "heard"),
    ("Senat, Beschluss", "resolves"),
    ("Abgeordnetenhaus", "notes"),
]
SYNOPSE_PAGE_CACHE = "" if os.environ.get("SYNOPSE_PAGE_CACHE") == "0" else "pages"
SYNOPSE_TEXT_CACHE = "" if os.environ.get("SYNOPSE_TEXT_CACHE") == "0" else "pages"
SYNOPSE_APPEAL_DAYS = 183
SYNOPSE_DIGEST_HOUR = 7
SYNOPSE_REMINDER_DAYS = 3
SYNOPSE_DUE_SOON_DAYS = 2

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"timed": {"format": "%(asctime)s %(levelname)s %(name)s %(message)s"}},
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "timed"}},
    "root": {"handlers": ["console"], "level": "WARNING"},
    "loggers": {
        "synopse": {"level": "INFO"},
        "axes": {"level": "ERROR"},  # synopse.security tells of failed log-ins
    },
}
