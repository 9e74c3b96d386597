"""All settings in one file, read from the environment; unsafe production values stop the start (tracker/checks.py).

Every setting that an operator may change is an environment variable named `DUBAN_…` (see the table in README.md);
a `.env` file beside manage.py (or the file that DUBAN_ENV_FILE names) gives those that the environment does not.
"""

import os
from datetime import timedelta
from pathlib import Path

import environ
from django.urls import reverse_lazy
from django.utils.translation import gettext_lazy as _

BASE_DIR = Path(__file__).resolve().parent.parent
env = environ.Env()
environ.Env.read_env(os.environ.get("DUBAN_ENV_FILE") or BASE_DIR / ".env")

# --- how this installation runs -------------------------------------------------------------------------------------
# "embedded": needs nothing but Python (the default of `make run`); "production": behind the office's own web address.
MODE = env.str("DUBAN_MODE", default="embedded")
PRODUCTION = MODE == "production"
DEBUG = env.bool("DUBAN_DEBUG", default=False)
# Everything that the running product writes (database, outbox, queue, attachments) lies below this folder.
DATA_DIR = Path(env.str("DUBAN_DATA_DIR", default=str(BASE_DIR / "var"))).resolve()
# The embedded default makes a key of its own at first start (config/embedded.py); production must be given one.
SECRET_KEY = env.str("DUBAN_SECRET_KEY", default="")
if not SECRET_KEY and not PRODUCTION:
    from config.embedded import own_secret_key

    SECRET_KEY = own_secret_key(DATA_DIR)
ALLOWED_HOSTS = env.list(
    "DUBAN_ALLOWED_HOSTS", default=[] if PRODUCTION else ["127.0.0.1", "localhost", "[::1]"]
)
CSRF_TRUSTED_ORIGINS = env.list("DUBAN_CSRF_TRUSTED_ORIGINS", default=[])
# The address that mails link to, without a trailing slash.
SITE_URL = env.str("DUBAN_SITE_URL", default="http://127.0.0.1:8000").rstrip("/")
OFFICE_NAME = env.str("DUBAN_OFFICE_NAME", default="市委市政府督查局")

# --- applications ---------------------------------------------------------------------------------------------------
INSTALLED_APPS = [
    "unfold",
    "unfold.contrib.filters",
    "config.admin_app.OfficeAdminConfig",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "whitenoise.runserver_nostatic",
    "django.contrib.staticfiles",
    "axes",
    "rest_framework",
    "knox",
    "django_filters",
    "drf_spectacular",
    "drf_spectacular_sidecar",
    "tracker.apps.TrackerConfig",
]
MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "axes.middleware.AxesMiddleware",
]
ROOT_URLCONF = "config.urls"
WSGI_APPLICATION = "config.wsgi.application"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
            ]
        },
    }
]

# --- database -------------------------------------------------------------------------------------------------------
# e.g. postgres://user:password@127.0.0.1:5432/duban ; the embedded default is one SQLite file.
DATABASES = {"default": env.db_url("DUBAN_DATABASE_URL", default=f"sqlite:///{DATA_DIR / 'duban.sqlite3'}")}
if DATABASES["default"]["ENGINE"] == "django.db.backends.sqlite3":
    # WAL lets readers go on beside one writer; IMMEDIATE takes the write lock at BEGIN, so a transaction that reads and
    # then writes waits for its turn instead of failing with "database is locked".
    DATABASES["default"]["OPTIONS"] = {
        "transaction_mode": "IMMEDIATE",
        "timeout": 20,
        "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL; PRAGMA foreign_keys=ON;",
    }
else:
    DATABASES["default"]["CONN_HEALTH_CHECKS"] = True
    DATABASES["default"]["CONN_MAX_AGE"] = env.int("DUBAN_DATABASE_CONN_MAX_AGE", default=60)
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

# --- users and sessions ---------------------------------------------------------------------------------------------
AUTH_USER_MODEL = "tracker.User"
AUTHENTICATION_BACKENDS = ["axes.backends.AxesStandaloneBackend", "django.contrib.auth.backends.ModelBackend"]
PASSWORD_HASHERS = [
    "django.contrib.auth.hashers.Argon2PasswordHasher",
    "django.contrib.auth.hashers.PBKDF2PasswordHasher",
]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 10}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "django.contrib.auth.password_validation.NumericPasswordValidator"},
]
LOGIN_URL = reverse_lazy("admin:login")
LOGIN_REDIRECT_URL = reverse_lazy("admin:index")
AXES_FAILURE_LIMIT = env.int("DUBAN_LOGIN_FAILURE_LIMIT", default=8)
AXES_COOLOFF_TIME = timedelta(minutes=env.int("DUBAN_LOGIN_COOLOFF_MINUTES", default=15))
# A whole office often shares one address: a wrong password locks that name from that address only.
AXES_LOCKOUT_PARAMETERS = [["username", "ip_address"]]
AXES_VERBOSE = False
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_AGE = env.int("DUBAN_SESSION_HOURS", default=12) * 3600
X_FRAME_OPTIONS = "DENY"
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
# HTTPS is on in production unless the operator says that the intranet has none.
HTTPS = env.bool("DUBAN_HTTPS", default=PRODUCTION)
SESSION_COOKIE_SECURE = HTTPS
CSRF_COOKIE_SECURE = HTTPS
SECURE_SSL_REDIRECT = HTTPS
SECURE_HSTS_SECONDS = env.int("DUBAN_HSTS_SECONDS", default=31_536_000 if HTTPS else 0)
SECURE_HSTS_INCLUDE_SUBDOMAINS = HTTPS
SECURE_HSTS_PRELOAD = HTTPS
if env.bool("DUBAN_BEHIND_PROXY", default=False):
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")

# --- language, time, static files -----------------------------------------------------------------------------------
LANGUAGE_CODE = "zh-hans"
LANGUAGES = [("zh-hans", _("简体中文"))]
LOCALE_PATHS = [BASE_DIR / "tracker" / "locale"]
TIME_ZONE = "Asia/Shanghai"
USE_I18N = True
USE_TZ = True
STATIC_URL = "/static/"
STATIC_ROOT = BASE_DIR / "staticfiles"
STORAGES = {
    "default": {
        "BACKEND": "django.core.files.storage.FileSystemStorage",
        "OPTIONS": {"location": DATA_DIR / "files", "base_url": None},
    },
    "staticfiles": {"BACKEND": "whitenoise.storage.CompressedStaticFilesStorage"},
}
# Static files are served from the packages themselves, so that `make run` has no collect step to forget.
WHITENOISE_USE_FINDERS = not PRODUCTION

# --- mail -----------------------------------------------------------------------------------------------------------
# e.g. smtp+tls://user:password@mail.city.example:587 ; the embedded default writes .eml files that a page shows.
OUTBOX_DIR = DATA_DIR / "outbox"
_email_url = env.str("DUBAN_EMAIL_URL", default="")
if _email_url:
    _mail = env.email_url_config(_email_url)
    EMAIL_BACKEND = _mail["EMAIL_BACKEND"]
    EMAIL_HOST, EMAIL_PORT = _mail["EMAIL_HOST"], _mail["EMAIL_PORT"] or 25
    EMAIL_HOST_USER, EMAIL_HOST_PASSWORD = _mail["EMAIL_HOST_USER"] or "", _mail["EMAIL_HOST_PASSWORD"] or ""
    EMAIL_USE_TLS, EMAIL_USE_SSL = _mail.get("EMAIL_USE_TLS", False), _mail.get("EMAIL_USE_SSL", False)
else:
    EMAIL_BACKEND = "tracker.reminders.channels.email.outbox.OutboxBackend"
EMAIL_TIMEOUT = env.int("DUBAN_EMAIL_TIMEOUT_SECONDS", default=20)
DEFAULT_FROM_EMAIL = env.str("DUBAN_MAIL_FROM", default="duban@city.example")
MAIL_REPLY_TO = env.str("DUBAN_MAIL_REPLY_TO", default="")

# --- supervision rules ----------------------------------------------------------------------------------------------
# Thresholds come from ../docs/domain rules in tracker/rules; each may be changed by the office.
DUE_SOON_WORKING_DAYS = env.int("DUBAN_DUE_SOON_WORKING_DAYS", default=3)
LIGHT_YELLOW_BEHIND_PERCENT = env.int("DUBAN_LIGHT_YELLOW_BEHIND_PERCENT", default=10)
LIGHT_RED_BEHIND_PERCENT = env.int("DUBAN_LIGHT_RED_BEHIND_PERCENT", default=30)
OVERDUE_REPEAT_WORKING_DAYS = env.int("DUBAN_OVERDUE_REPEAT_WORKING_DAYS", default=5)
REMINDER_CAP_PER_RUN = env.int("DUBAN_REMINDER_CAP_PER_RUN", default=500)
MAX_DOCUMENT_BYTES = env.int("DUBAN_MAX_DOCUMENT_BYTES", default=20 * 1024 * 1024)

# --- Celery ---------------------------------------------------------------------------------------------------------
# e.g. redis://127.0.0.1:6379/0 ; the embedded default carries messages by files below DATA_DIR.
CELERY_BROKER_URL = env.str("DUBAN_REDIS_URL", default="") or "filesystem://"
if CELERY_BROKER_URL == "filesystem://":
    CELERY_BROKER_TRANSPORT_OPTIONS = {
        "data_folder_in": str(DATA_DIR / "queue"),
        "data_folder_out": str(DATA_DIR / "queue"),
        "control_folder": str(DATA_DIR / "queue-control"),
        "polling_interval": 0.2,
    }
else:
    # Longer than any task's hard limit, or Redis would hand a running task to a second worker.
    CELERY_BROKER_TRANSPORT_OPTIONS = {"visibility_timeout": 3600}
CELERY_TASK_IGNORE_RESULT = True
CELERY_TASK_ACKS_LATE = True
CELERY_TASK_REJECT_ON_WORKER_LOST = True
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_TASK_SOFT_TIME_LIMIT = 240
CELERY_TASK_TIME_LIMIT = 300
CELERY_TIMEZONE = TIME_ZONE
CELERY_WORKER_HIJACK_ROOT_LOGGER = False
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
REMINDER_TICK_SECONDS = env.int("DUBAN_REMINDER_TICK_SECONDS", default=60)
CELERY_BEAT_SCHEDULE_FILENAME = str(DATA_DIR / "celerybeat-schedule")
CELERY_BEAT_SCHEDULE = {
    "reminders": {
        "task": "tracker.tasks.reminder_tick",
        "schedule": REMINDER_TICK_SECONDS,
        # A tick that waited longer than its period is worthless: the next one finds the same work.
        "options": {"expires": REMINDER_TICK_SECONDS},
    }
}

# --- REST -----------------------------------------------------------------------------------------------------------
REST_FRAMEWORK = {
    "DEFAULT_AUTHENTICATION_CLASSES": [
        "knox.auth.TokenAuthentication",
        "rest_framework.authentication.SessionAuthentication",
    ],
    "DEFAULT_PERMISSION_CLASSES": ["rest_framework.permissions.IsAuthenticated"],
    "DEFAULT_FILTER_BACKENDS": ["django_filters.rest_framework.DjangoFilterBackend"],
    "DEFAULT_SCHEMA_CLASS": "drf_spectacular.openapi.AutoSchema",
    "DEFAULT_RENDERER_CLASSES": ["rest_framework.renderers.JSONRenderer"],
    "DEFAULT_PARSER_CLASSES": ["rest_framework.parsers.JSONParser"],
    "UNAUTHENTICATED_USER": None,
}
KNOX_TOKEN_MODEL = "tracker.ApiToken"
REST_KNOX = {
    "TOKEN_TTL": timedelta(days=env.int("DUBAN_TOKEN_DAYS", default=365)),
    "AUTH_HEADER_PREFIX": "Token",
    "AUTO_REFRESH": False,
}
SPECTACULAR_SETTINGS = {
    "TITLE": "督查督办 API",
    "DESCRIPTION": "部门办公系统对接接口：查询本部门承办的事项，签收、报告进展、申请办结。",
    "VERSION": "1.0.0",
    "OAS_VERSION": "3.1.0",
    "SERVE_INCLUDE_SCHEMA": False,
    "SWAGGER_UI_DIST": "SIDECAR",
    "SWAGGER_UI_FAVICON_HREF": "SIDECAR",
}

# --- logging --------------------------------------------------------------------------------------------------------
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"line": {"format": "{asctime} {levelname} {name}: {message}", "style": "{"}},
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "line"}},
    "root": {"handlers": ["console"], "level": env.str("DUBAN_LOG_LEVEL", default="INFO")},
}
