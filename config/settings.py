"""All settings in one file, read from the environment (config/environment.py says what a wrong value gives).

Every setting that an operator may change is a variable named `DUBAN_…` (see the table in README.md); a `.env` file
beside manage.py, or the file that DUBAN_ENV_FILE names, gives those that the environment does not. Values that
are unsafe in production stop the start (config/start.py).
"""

from datetime import timedelta
from pathlib import Path
from typing import Any

from django.templatetags.static import static
from django.urls import reverse_lazy
from django.utils.translation import gettext_lazy as _

from config.embedded import make_data_dir, own_secret_key
from config.environment import Environment
from config.openapi import SPECTACULAR_SETTINGS  # noqa: F401  # read by drf-spectacular

BASE_DIR = Path(__file__).resolve().parent.parent
env = Environment()
env.read_file(BASE_DIR / ".env")

# --- how this installation runs -----------------------------------------------------------------------------
# "embedded": needs nothing but Python (the default of `make run`); "production": behind the office's own web address.
MODE = env.choice("DUBAN_MODE", ("embedded", "production"), default="embedded")
PRODUCTION = MODE == "production"
DEBUG = env.flag("DUBAN_DEBUG", default=False)
# Everything that the running product writes (database, outbox, queue, attachments) lies below this folder.
DATA_DIR = (BASE_DIR / env.text("DUBAN_DATA_DIR", default="var")).resolve()
make_data_dir(DATA_DIR)
# The embedded default makes a key of its own at first start (config/embedded.py); production must be given one.
SECRET_KEY = env.text("DUBAN_SECRET_KEY")
if not SECRET_KEY and not PRODUCTION:
    SECRET_KEY = own_secret_key(DATA_DIR)
ALLOWED_HOSTS = env.words(
    "DUBAN_ALLOWED_HOSTS", default=[] if PRODUCTION else ["127.0.0.1", "localhost", "[::1]"]
)
CSRF_TRUSTED_ORIGINS = env.words("DUBAN_CSRF_TRUSTED_ORIGINS")
# The port of `make run`; in production the server's own command line says it.
PORT = env.number("DUBAN_PORT", default=8000, minimum=1, maximum=65535)
# The address that mails link to, without a trailing slash.
SITE_URL = env.site(
    "DUBAN_SITE_URL", default=f"http://127.0.0.1:{PORT}", example="https://duban.city.example"
)
# Files that departments send as evidence: outside every folder that is served, given out only after a permission check.
ATTACHMENT_DIR = DATA_DIR / "attachments"
ATTACHMENT_MAX_BYTES = env.number(
    "DUBAN_ATTACHMENT_MAX_BYTES", default=20 * 1024 * 1024, minimum=1024, maximum=200 * 1024 * 1024
)
# Extensions that are admitted, of those that tracker/actions/files.py can tell by their content.
ATTACHMENT_TYPES = env.some_of(
    "DUBAN_ATTACHMENT_TYPES",
    (".pdf", ".jpg", ".jpeg", ".png", ".docx", ".xlsx", ".pptx", ".zip", ".txt", ".csv"),
)
ATTACHMENTS_PER_MEASURE = env.number("DUBAN_ATTACHMENTS_PER_MEASURE", default=200, minimum=1)
OFFICE_NAME = env.name("DUBAN_OFFICE_NAME", default="市委市政府督查局")

# --- applications -------------------------------------------------------------------------------------------
INSTALLED_APPS = [
    # Not plain "unfold": that one would put its own admin site in the place of ours.
    "unfold.apps.BasicAppConfig",
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
    "config.content_security.ContentSecurityPolicy",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "config.session_cookie.WellFormedSessionCookie",
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

# --- database -----------------------------------------------------------------------------------------------
# The embedded default is one SQLite file; DUBAN_DATABASE_URL=postgres://… is the one setting for PostgreSQL.
_database = env.database("DUBAN_DATABASE_URL", default=DATA_DIR / "duban.sqlite3", base=BASE_DIR)
_pool_size = env.number("DUBAN_DATABASE_POOL_SIZE", default=10, minimum=1)
if _database["ENGINE"] == "django.db.backends.sqlite3":
    # WAL lets readers go on beside one writer; IMMEDIATE takes the write lock at BEGIN, so a transaction that
    # reads and then writes waits for its turn instead of failing with "database is locked".
    _database["OPTIONS"] = {
        "transaction_mode": "IMMEDIATE",
        "timeout": 20,
        "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL; PRAGMA foreign_keys=ON;",
    }
else:
    # A pool rather than CONN_MAX_AGE: granian's threads come and go, and each would keep a connection of its own.
    # The size is that of one process; the check replaces connections that a restarted PostgreSQL has cut.
    _database.setdefault("OPTIONS", {})["pool"] = {"min_size": 1, "max_size": _pool_size, "timeout": 10}
    _database["CONN_HEALTH_CHECKS"] = True
DATABASES = {"default": _database}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

# --- users and sessions -------------------------------------------------------------------------------------
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
AXES_FAILURE_LIMIT = env.number("DUBAN_LOGIN_FAILURE_LIMIT", default=8, minimum=1)
AXES_COOLOFF_TIME = timedelta(minutes=env.number("DUBAN_LOGIN_COOLOFF_MINUTES", default=15, minimum=1))
# A whole office often shares one address: a wrong password locks that name from that address only.
AXES_LOCKOUT_PARAMETERS = [["username", "ip_address"]]
AXES_VERBOSE = False
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_AGE = env.number("DUBAN_SESSION_HOURS", default=12, minimum=1) * 3600
X_FRAME_OPTIONS = "DENY"
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
# HTTPS is on in production unless the operator says that the intranet has none.
HTTPS = env.flag("DUBAN_HTTPS", default=PRODUCTION)
SESSION_COOKIE_SECURE = HTTPS
CSRF_COOKIE_SECURE = HTTPS
SECURE_SSL_REDIRECT = HTTPS
SECURE_HSTS_SECONDS = env.number("DUBAN_HSTS_SECONDS", default=31_536_000 if HTTPS else 0)
SECURE_HSTS_INCLUDE_SUBDOMAINS = HTTPS
SECURE_HSTS_PRELOAD = HTTPS
BEHIND_PROXY = env.flag("DUBAN_BEHIND_PROXY", default=False)
if BEHIND_PROXY:
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")

# The import desk sends thirteen fields a measure and a hundred measures in one form, and three fields an unknown unit.
DATA_UPLOAD_MAX_NUMBER_FIELDS = 10_000

# --- language, time, static files ---------------------------------------------------------------------------
LANGUAGE_CODE = "zh-hans"
LANGUAGES = [("zh-hans", _("简体中文"))]
LOCALE_PATHS = [BASE_DIR / "tracker" / "locale"]
TIME_ZONE = "Asia/Shanghai"
USE_I18N = True
USE_TZ = True
STATIC_URL = "/static/"
# Where `manage.py collectstatic` puts them for production; `make run` takes them from the packages themselves, so
# that there is no step to forget.
_static_dir = env.text("DUBAN_STATIC_DIR", default="staticfiles")
STATIC_ROOT = (BASE_DIR / _static_dir).resolve() if PRODUCTION else None
WHITENOISE_USE_FINDERS = not PRODUCTION
STORAGES = {
    "default": {
        "BACKEND": "django.core.files.storage.FileSystemStorage",
        "OPTIONS": {"location": DATA_DIR / "files", "base_url": None},
    },
    "staticfiles": {"BACKEND": "whitenoise.storage.CompressedStaticFilesStorage"},
}

# --- mail ---------------------------------------------------------------------------------------------------
# The embedded default writes .eml files that a page shows; DUBAN_EMAIL_URL=smtp+tls://… is the one setting for SMTP.
OUTBOX_DIR = DATA_DIR / "outbox"
EMAIL_BACKEND = "tracker.reminders.channels.email.outbox.OutboxBackend"
globals().update(env.email("DUBAN_EMAIL_URL"))
EMAIL_TIMEOUT = env.number("DUBAN_EMAIL_TIMEOUT_SECONDS", default=20, minimum=1)
DEFAULT_FROM_EMAIL = env.mailbox("DUBAN_MAIL_FROM", default="duban@city.example")
MAIL_REPLY_TO = env.mailbox("DUBAN_MAIL_REPLY_TO")
# Where mails come back to (the mailbox of DUBAN_MAIL_FROM), read by the worker now and then.
BOUNCE_MAILBOX = env.mailbox_to_read("DUBAN_BOUNCE_MAILBOX_URL", plain_allowed="DUBAN_BOUNCE_MAILBOX_PLAIN")
BOUNCE_POLL_SECONDS = env.number("DUBAN_BOUNCE_POLL_SECONDS", default=300, minimum=10)

# Group robots and callbacks: seconds to wait, and the networks of the office's own that they may reach (none by default:
# an address typed into a form must not open the intranet).
PUSH_TIMEOUT = env.number("DUBAN_PUSH_TIMEOUT_SECONDS", default=10, minimum=1)
PUSH_PRIVATE_NETWORKS = env.networks("DUBAN_PUSH_PRIVATE_NETWORKS")

# --- supervision rules --------------------------------------------------------------------------------------
# Thresholds come from ../docs/domain rules in tracker/rules; each may be changed by the office.
DUE_SOON_WORKING_DAYS = env.number("DUBAN_DUE_SOON_WORKING_DAYS", default=3, maximum=60)
LIGHT_YELLOW_BEHIND_PERCENT, LIGHT_RED_BEHIND_PERCENT = env.thresholds(
    "DUBAN_LIGHT_YELLOW_BEHIND_PERCENT", "DUBAN_LIGHT_RED_BEHIND_PERCENT", defaults=(10, 30), maximum=100
)
# Working days after which what was returned is to be reported again, unless 督查室 says otherwise; 0: no day.
REPORT_AGAIN_WORKING_DAYS = env.number("DUBAN_REPORT_AGAIN_WORKING_DAYS", default=5, maximum=60)
# Messages a run; what it holds back is reported and goes out in the next.
REMINDER_CAP_PER_RUN = env.number("DUBAN_REMINDER_CAP_PER_RUN", default=500, minimum=1)
MAX_DOCUMENT_BYTES = env.number("DUBAN_MAX_DOCUMENT_BYTES", default=20 * 1024 * 1024, minimum=1024)
# A document may also be pasted as text; a little more is let in, so that the form itself can say what is too much.
DATA_UPLOAD_MAX_MEMORY_SIZE = MAX_DOCUMENT_BYTES + 4 * 1024 * 1024

# --- Celery -------------------------------------------------------------------------------------------------
# The embedded default carries messages by files; DUBAN_REDIS_URL=redis://… is the one setting for Redis.
REDIS_URL = env.url("DUBAN_REDIS_URL", ("redis", "rediss"), example="redis://127.0.0.1:6379/0")
CELERY_BROKER_URL = REDIS_URL or "filesystem://localhost/"
if not REDIS_URL:
    for _name in ("queue", "queue-control"):
        make_data_dir(DATA_DIR / _name)
    CELERY_BROKER_TRANSPORT = "config.file_queue:Transport"
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
# Each longer than the one before (tracker/checks.py holds them to it): a task ends by itself, then is ended; only
# then may its claims be swept; and only after that may Redis hand its message to another worker.
CELERY_TASK_SOFT_TIME_LIMIT = 240
CELERY_TASK_TIME_LIMIT = 300
REMINDER_CLAIM_STALE_SECONDS = 900
CELERY_TIMEZONE = TIME_ZONE
CELERY_WORKER_HIJACK_ROOT_LOGGER = False
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
# Within the hour: who urges by hand, and who is handed a measure, is told "at once".
REMINDER_TICK_SECONDS = env.number("DUBAN_REMINDER_TICK_SECONDS", default=60, minimum=1, maximum=3600)
CELERY_BEAT_SCHEDULE_FILENAME = str(DATA_DIR / "celerybeat-schedule")
CELERY_BEAT_SCHEDULE: dict[str, dict[str, Any]] = {
    "reminders": {
        "task": "tracker.tasks.reminder_tick",
        "schedule": REMINDER_TICK_SECONDS,
        # A tick that waited longer than its period is worthless: the next one finds the same work.
        "options": {"expires": REMINDER_TICK_SECONDS},
    },
    "kept answers": {
        "task": "tracker.tasks.purge_kept_answers",
        "schedule": 600,
        "options": {"expires": 600},
    },
    "files": {
        "task": "tracker.tasks.sweep_files",
        "schedule": 6 * 3600,
        "options": {"expires": 6 * 3600},
    },
    # Due once a day; asked often, because a server that slept over midnight must not wait for the next one.
    "periods": {
        "task": "tracker.tasks.roll_periods",
        "schedule": 900,
        "options": {"expires": 900},
    },
}
if BOUNCE_MAILBOX:
    CELERY_BEAT_SCHEDULE["bounces"] = {
        "task": "tracker.tasks.read_bounces",
        "schedule": BOUNCE_POLL_SECONDS,
        "options": {"expires": BOUNCE_POLL_SECONDS},
    }

# --- admin pages --------------------------------------------------------------------------------------------
UNFOLD = {
    "SITE_TITLE": _("督查督办"),
    "SITE_HEADER": _("督查督办"),
    "SITE_SUBHEADER": OFFICE_NAME,
    "SITE_URL": None,
    "SITE_SYMBOL": "fact_check",
    "SHOW_HISTORY": False,
    "SHOW_VIEW_ON_SITE": False,
    "BORDER_RADIUS": "6px",
    "SITE_FAVICONS": [
        {"rel": "icon", "type": "image/svg+xml", "href": lambda request: static("tracker/icon.svg")}
    ],
    "STYLES": [lambda request: static("tracker/office.css")],
    "SCRIPTS": [
        lambda request: static("tracker/office.js"),
        lambda request: static("tracker/typed.js"),
    ],
    "SIDEBAR": {"navigation": "tracker.admin.navigation.sidebar"},
    # A quiet blue: red, yellow and green belong to the lights.
    "COLORS": {
        "primary": {
            "50": "#eff5fc",
            "100": "#dce9f8",
            "200": "#bcd5f2",
            "300": "#8db8e8",
            "400": "#5794da",
            "500": "#3275c6",
            "600": "#1a56a8",
            "700": "#174a90",
            "800": "#173f77",
            "900": "#183763",
            "950": "#10233f",
        }
    },
}
# Locked-out names are released by time or by `manage.py axes_reset`; the package's own pages exist in English only.
AXES_ENABLE_ADMIN = False
AXES_LOCKOUT_TEMPLATE = "tracker/lockout.html"

# --- REST ---------------------------------------------------------------------------------------------------
# Requests one user may make, e.g. 600/min (s, min, h, d); none for no limit.
API_RATE = env.rate("DUBAN_API_RATE", default="600/min")
API_MAX_BODY_BYTES = env.number("DUBAN_API_MAX_BODY_BYTES", default=1024 * 1024, minimum=1024)
# How long the answer to a request with an Idempotency-Key is kept, and after how long one without answer is given up.
IDEMPOTENCY_KEEP_HOURS = env.number("DUBAN_IDEMPOTENCY_HOURS", default=24, minimum=1, maximum=24 * 30)
IDEMPOTENCY_CLAIM_STALE_SECONDS = 120
# Counts of all processes together; memory of one process would be no limit.
CACHES: dict[str, dict[str, Any]]
if REDIS_URL:
    CACHES = {"default": {"BACKEND": "django.core.cache.backends.redis.RedisCache", "LOCATION": REDIS_URL}}
else:
    CACHES = {
        "default": {
            "BACKEND": "django.core.cache.backends.filebased.FileBasedCache",
            "LOCATION": DATA_DIR / "cache",
            "OPTIONS": {"MAX_ENTRIES": 10_000},
        }
    }
REST_FRAMEWORK = {
    "DEFAULT_AUTHENTICATION_CLASSES": [
        "tracker.api.authentication.ApiTokenAuthentication",
        "tracker.api.authentication.AdminSessionAuthentication",
    ],
    "DEFAULT_PERMISSION_CLASSES": [
        "rest_framework.permissions.IsAuthenticated",
        "tracker.api.permissions.TokenScope",
    ],
    "DEFAULT_THROTTLE_CLASSES": ["tracker.api.throttling.CallerThrottle"],
    "DEFAULT_FILTER_BACKENDS": ["django_filters.rest_framework.DjangoFilterBackend"],
    "DEFAULT_SCHEMA_CLASS": "tracker.api.schema.ApiSchema",
    "DEFAULT_RENDERER_CLASSES": ["rest_framework.renderers.JSONRenderer"],
    "DEFAULT_PARSER_CLASSES": ["tracker.api.parsing.StrictJSONParser"],
    "EXCEPTION_HANDLER": "tracker.api.problems.handle",
    # Whose address is counted: only our own proxy's word is taken for it.
    "NUM_PROXIES": 1 if BEHIND_PROXY else 0,
    "UNAUTHENTICATED_USER": None,
}
KNOX_TOKEN_MODEL = "tracker.ApiToken"
# Ours stands in for knox's own table, which must then not exist: it would hold on to users by a foreign key.
MIGRATION_MODULES = {"knox": None}
REST_KNOX = {
    "TOKEN_TTL": timedelta(days=env.number("DUBAN_TOKEN_DAYS", default=365, minimum=1)),
    "AUTH_HEADER_PREFIX": "Token",
    "AUTO_REFRESH": False,
}


# --- logging ------------------------------------------------------------------------------------------------
LOG_LEVEL = env.choice("DUBAN_LOG_LEVEL", ("DEBUG", "INFO", "WARNING", "ERROR"), default="INFO")
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"line": {"format": "{asctime} {levelname} {name}: {message}", "style": "{"}},
    "filters": {"refusals": {"()": "config.log_lines.OneLineForRefusals"}},
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "line", "filters": ["refusals"]}},
    "root": {"handlers": ["console"], "level": LOG_LEVEL},
}

# --- slips of the pen ---------------------------------------------------------------------------------------
# Variables that nothing above reads; a system check names them (tracker/checks.py).
UNKNOWN_VARIABLES = env.unknown()
