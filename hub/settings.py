"""Settings of every process, read from the environment (and from `.env` beside manage.py).

Production is the default: without SECRET_KEY, ALLOWED_HOSTS, DATABASE_URL and REDIS_URL the portal
refuses to start. DEBUG=1 (development) and DEMO=1 (the demo city) relax that.
"""

import logging
from datetime import time, timedelta
from pathlib import Path

import structlog
from csp.constants import NONE, SELF
from django.core.exceptions import ImproperlyConfigured
from environs import Env

from hub.logs import hide_secrets

BASE_DIR = Path(__file__).resolve().parent.parent

env = Env()
env.read_env(BASE_DIR / ".env", recurse=False)

DEBUG: bool = env.bool("DEBUG", False)
# The demo city marks every page, lets staff in without a second factor and refuses real data.
DEMO: bool = env.bool("DEMO", False)
_RELAXED = DEBUG or DEMO

SECRET_KEY: str = env.str("SECRET_KEY", "only-for-development-and-demo" if _RELAXED else "")
ALLOWED_HOSTS: list[str] = env.list("ALLOWED_HOSTS", ["*"] if _RELAXED else [], subcast=str.strip)
CSRF_TRUSTED_ORIGINS: list[str] = env.list("CSRF_TRUSTED_ORIGINS", [])
if not _RELAXED and (len(SECRET_KEY) < 50 or not ALLOWED_HOSTS or "*" in ALLOWED_HOSTS):
    raise ImproperlyConfigured(
        "Production needs SECRET_KEY (50 characters or more) and ALLOWED_HOSTS without «*». "
        "For development set DEBUG=1, for the demo city DEMO=1."
    )

# Where letters lead: a branch's own host, or this one for the default branch.
PORTAL_SCHEME = "http" if _RELAXED else "https"
PORTAL_HOST: str = env.str("PORTAL_HOST", "localhost" if _RELAXED else ALLOWED_HOSTS[0].lstrip("."))
PORTAL_PORT: str = f":{env.int('PORT', 8000)}" if _RELAXED else ""

# --- parts ---------------------------------------------------------------------------------------

INSTALLED_APPS = [
    "hub",
    "communities",
    "grants",
    "knowledge",
    "events",
    "reports",
    "django.contrib.admin.apps.SimpleAdminConfig",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.humanize",
    "django.contrib.messages",
    "django.contrib.postgres",
    "django.contrib.sessions",
    "django.contrib.sitemaps",
    "whitenoise.runserver_nostatic",
    "django.contrib.staticfiles",
    "django.forms",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "allauth.socialaccount",
    "allauth.socialaccount.providers.vk",
    "allauth.socialaccount.providers.yandex",
    "allauth.socialaccount.providers.mailru",
    "csp",
    "django_filters",
    "django_htmx",
    "django_structlog",
    "drf_spectacular",
    "phonenumber_field",
    "rest_framework",
    "rules.apps.AutodiscoverRulesConfig",
    "template_partials.apps.SimpleAppConfig",
]

MIDDLEWARE = [
    "hub.middleware.security_headers",
    "hub.middleware.without_nul",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django_structlog.middlewares.RequestMiddleware",
    "csp.middleware.CSPMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "hub.middleware.branch_of_host",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "hub.middleware.private_pages",
]

ROOT_URLCONF = "hub.urls"
WSGI_APPLICATION = "hub.wsgi.application"
FORM_RENDERER = "hub.renderers.HubRenderer"

_LOADERS = ["django.template.loaders.filesystem.Loader", "django.template.loaders.app_directories.Loader"]
_TAGS_OF_EVERY_TEMPLATE = ["pictures", "states", "words", "figures", "paging", "frame", "fields"]
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "OPTIONS": {
            "builtins": [
                *(f"hub.templatetags.{name}" for name in _TAGS_OF_EVERY_TEMPLATE),
                "template_partials.templatetags.partials",
            ],
            "loaders": [
                (
                    "template_partials.loader.Loader",
                    _LOADERS if DEBUG else [("django.template.loaders.cached.Loader", _LOADERS)],
                )
            ],
            "context_processors": [
                "django.template.context_processors.request",
                "django.template.context_processors.i18n",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "csp.context_processors.nonce",
                "hub.context.page",
            ],
        },
    }
]

# --- stores --------------------------------------------------------------------------------------

_database = env.dj_db_url("DATABASE_URL")
DATABASES = {
    "default": {
        **_database,
        # Our queries are short: compiling or sharing them out costs more than it saves. Plans of hub.prepared
        # are kept.
        "OPTIONS": {
            "options": "-c jit=off -c max_parallel_workers_per_gather=0",
            "prepare_threshold": 0,
            **_database.get("OPTIONS", {}),
        },
        "CONN_MAX_AGE": 60,
        "CONN_HEALTH_CHECKS": True,
    }
}
# A request is one transaction only where an action says so (`transaction.atomic` in actions.py).
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

REDIS_URL: str = env.str("REDIS_URL")
CACHES = {
    "default": {
        # Redis speeds up, it never holds the only copy: a fault is logged and read as a miss.
        "BACKEND": "hub.cache.ForgivingRedisCache",
        "LOCATION": REDIS_URL,
        "KEY_PREFIX": "hub",
        "TIMEOUT": 300,
        "OPTIONS": dict.fromkeys(
            ["socket_connect_timeout", "socket_timeout"], env.float("REDIS_TIMEOUT", 0.5)
        ),
    }
}
# How long a page may be kept for visitors without an account (hub/public.py). A withdrawn consent must
# empty the public pages within a minute; a developer and a test see every change at once.
PUBLIC_CACHE_SECONDS: int = env.int("PUBLIC_CACHE_SECONDS", 0 if DEBUG else 30)
# How long a process keeps what it made of rare settings: its branch, the districts, the page's frame.
KEPT_SECONDS: int = env.int("KEPT_SECONDS", 0 if DEBUG else 30)
SESSION_ENGINE = "django.contrib.sessions.backends.db"

DATA_DIR = Path(env.str("DATA_DIR", str(BASE_DIR / ".data")))
MEDIA_ROOT = Path(env.str("MEDIA_ROOT", str(DATA_DIR / "media")))
MEDIA_URL = "/media/"
STATIC_ROOT = Path(env.str("STATIC_ROOT", str(BASE_DIR / "staticfiles")))
STATIC_URL = "/static/"
STATICFILES_DIRS = [BASE_DIR / "static"]
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {
        "BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"
        if DEBUG
        else "whitenoise.storage.CompressedManifestStaticFilesStorage"
    },
}
WHITENOISE_KEEP_ONLY_HASHED_FILES = True
FILE_UPLOAD_PERMISSIONS = 0o640
DATA_UPLOAD_MAX_MEMORY_SIZE = 5 * 1024 * 1024
DATA_UPLOAD_MAX_NUMBER_FIELDS = 500

# --- background work -----------------------------------------------------------------------------

CELERY_BROKER_URL = REDIS_URL
CELERY_TASK_IGNORE_RESULT = True
CELERY_TASK_ACKS_LATE = True
CELERY_TASK_TIME_LIMIT = 30 * 60
CELERY_TIMEZONE = "UTC"
CELERY_WORKER_HIJACK_ROOT_LOGGER = False
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
# The bell may be silent (Redis down): a caller must not wait for it.
CELERY_BROKER_TRANSPORT_OPTIONS = {
    "socket_connect_timeout": 1,
    "socket_timeout": 10,
    "max_retries": 1,
    "interval_start": 0,
    "interval_step": 0,
}
CELERY_TASK_PUBLISH_RETRY = False

# --- outbox --------------------------------------------------------------------------------------

# A worker holds what it claimed for so long; one that died gives it back that way.
OUTBOX_LEASE = timedelta(seconds=env.float("OUTBOX_LEASE", 300))
# Pauses before a message is tried again (the last one from then on), and when it is given up.
OUTBOX_PAUSES = [
    timedelta(seconds=seconds)
    for seconds in env.list("OUTBOX_PAUSES", [60, 300, 900, 3600, 7200], subcast=float)
]
OUTBOX_GIVES_UP = timedelta(hours=env.float("OUTBOX_GIVES_UP_HOURS", 72))
# Who knows it reads /metrics; empty: nobody does.
METRICS_TOKEN: str = env.str("METRICS_TOKEN", "")
# Nobody is written to at night unless they want to be: "22:00-08:00", empty for never quiet.
QUIET_HOURS: list[time] = [
    time.fromisoformat(clock) for clock in env.str("QUIET_HOURS", "22:00-08:00").split("-") if clock
]

# --- the way out to addresses that people give us (hub/fetching.py) ---------------------------------

# Ports that may be asked besides 80 and 443; hosts («name» or «name:port») that may be asked wherever they
# lead: for a server of a test or of the demo, never in production.
FETCH_PORTS: list[int] = env.list("FETCH_PORTS", [], subcast=int)
FETCH_ALLOWED_HOSTS: list[str] = env.list("FETCH_ALLOWED_HOSTS", [], subcast=str.strip) if _RELAXED else []

# --- telegram ------------------------------------------------------------------------------------

# Without a token there is no bot: nothing of it shows, nothing asks for it.
TELEGRAM_TOKEN: str = env.str("TELEGRAM_TOKEN", "")
TELEGRAM_BOT: str = env.str("TELEGRAM_BOT", "").lstrip("@")
TELEGRAM_API: str = env.str("TELEGRAM_API", "").rstrip("/") or "https://api.telegram.org"
TELEGRAM_PROXY: str = env.str("TELEGRAM_PROXY", "")
if TELEGRAM_TOKEN and not TELEGRAM_BOT:
    raise ImproperlyConfigured("TELEGRAM_TOKEN needs TELEGRAM_BOT: the bot's name, which links lead to.")

# --- people --------------------------------------------------------------------------------------

AUTH_USER_MODEL = "hub.User"
AUTHENTICATION_BACKENDS = [
    "rules.permissions.ObjectPermissionBackend",
    "allauth.account.auth_backends.AuthenticationBackend",
]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 10}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]
# Unique it is, by a constraint on lower(email).
SILENCED_SYSTEM_CHECKS = ["auth.W004"]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "cabinet"
LOGOUT_REDIRECT_URL = "home"

ACCOUNT_ADAPTER = "hub.adapters.AccountAdapter"
MFA_ADAPTER = "hub.adapters.MFAAdapter"
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*"]
ACCOUNT_SIGNUP_FORM_CLASS = "hub.forms.SignupForm"
ACCOUNT_EMAIL_VERIFICATION = "mandatory"
ACCOUNT_CONFIRM_EMAIL_ON_GET = False
ACCOUNT_LOGIN_ON_EMAIL_CONFIRMATION = True
ACCOUNT_PREVENT_ENUMERATION = True
ACCOUNT_EMAIL_SUBJECT_PREFIX = ""
ACCOUNT_EMAIL_NOTIFICATIONS = True
ACCOUNT_SESSION_REMEMBER = True
ACCOUNT_REAUTHENTICATION_REQUIRED = True
ACCOUNT_DEFAULT_HTTP_PROTOCOL = PORTAL_SCHEME
MFA_SUPPORTED_TYPES = ["totp", "webauthn", "recovery_codes"]
MFA_PASSKEY_LOGIN_ENABLED = True
MFA_WEBAUTHN_ALLOW_INSECURE_ORIGIN = _RELAXED
MFA_TOTP_ISSUER = "Центр Сообществ"
SOCIALACCOUNT_EMAIL_VERIFICATION = "mandatory"
SOCIALACCOUNT_ONLY = False
SOCIALACCOUNT_LOGIN_ON_GET = False
SOCIALACCOUNT_AUTO_SIGNUP = False  # the consent is asked for, whatever the provider knows
SOCIALACCOUNT_ADAPTER = "hub.adapters.SocialAccountAdapter"
# A provider is offered once its client id stands in the environment.
SOCIALACCOUNT_PROVIDERS = {
    provider: {"APPS": [{"client_id": client_id, "secret": env.str(f"{provider.upper()}_SECRET", "")}]}
    for provider in ("vk", "yandex", "mailru")
    if (client_id := env.str(f"{provider.upper()}_CLIENT_ID", ""))
}
# The browser checks `form-action` all along the redirects that lead to a provider's sign-in page.
_PROVIDER_ORIGINS = {
    "vk": ["https://*.vk.ru", "https://*.vk.com"],
    "yandex": ["https://*.yandex.ru", "https://*.yandex.com"],
    "mailru": ["https://*.mail.ru"],
}

# --- language and time ---------------------------------------------------------------------------

LANGUAGE_CODE = "ru"
LANGUAGES = [("ru", "Русский"), ("en", "English")]
LOCALE_PATHS = [BASE_DIR / "locale"]
TIME_ZONE = "Europe/Moscow"
USE_TZ = True
PHONENUMBER_DEFAULT_REGION = "RU"
PHONENUMBER_DB_FORMAT = "E164"

# --- mail ----------------------------------------------------------------------------------------

_email = env.dj_email_url("EMAIL_URL", "console://" if _RELAXED else "smtp://localhost:25")
EMAIL_BACKEND = _email["EMAIL_BACKEND"]
EMAIL_HOST = _email["EMAIL_HOST"]
EMAIL_PORT = _email["EMAIL_PORT"]
EMAIL_HOST_USER = _email["EMAIL_HOST_USER"]
EMAIL_HOST_PASSWORD = _email["EMAIL_HOST_PASSWORD"]
EMAIL_USE_TLS = _email["EMAIL_USE_TLS"]
EMAIL_USE_SSL = _email["EMAIL_USE_SSL"]
EMAIL_FILE_PATH = env.str("EMAIL_FILE_PATH", str(DATA_DIR / "mail"))
# Where the demo city's own mail server keeps what it takes (hub/catcher.py).
DEMO_MAIL = DATA_DIR / "mail"
EMAIL_TIMEOUT: float = env.float("EMAIL_TIMEOUT", 10)
DEFAULT_FROM_EMAIL: str = env.str("DEFAULT_FROM_EMAIL", "Центр Сообществ <noreply@localhost>")
SERVER_EMAIL = DEFAULT_FROM_EMAIL

# --- security ------------------------------------------------------------------------------------

# Tiles come from the configured server alone; everything else stays on our own host.
MAP_TILE_URL: str = env.str("MAP_TILE_URL", "https://tile.openstreetmap.org/{z}/{x}/{y}.png")
MAP_ATTRIBUTION: str = env.str("MAP_ATTRIBUTION", "© OpenStreetMap")
_tile_origin = "/".join(MAP_TILE_URL.split("/")[:3]).replace("{s}", "*")

CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "script-src": [SELF],
        "style-src": [SELF],
        "img-src": [SELF, "data:", "blob:", _tile_origin],
        "font-src": [SELF],
        "connect-src": [SELF],
        "manifest-src": [SELF],
        "form-action": [SELF, *(o for p in SOCIALACCOUNT_PROVIDERS for o in _PROVIDER_ORIGINS[p])],
        "frame-ancestors": [NONE],
        "base-uri": [NONE],
    }
}
_https = not _RELAXED
SECURE_SSL_REDIRECT = _https
SECURE_HSTS_SECONDS = 31536000 if _https else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = _https
SECURE_HSTS_PRELOAD = _https
SECURE_REDIRECT_EXEMPT = [r"^healthz$", r"^readyz$"]  # the container's own probes speak plain HTTP
SECURE_REFERRER_POLICY = "strict-origin-when-cross-origin"
SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin"
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = LANGUAGE_COOKIE_SECURE = _https
SESSION_COOKIE_HTTPONLY = CSRF_COOKIE_HTTPONLY = LANGUAGE_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = CSRF_COOKIE_SAMESITE = LANGUAGE_COOKIE_SAMESITE = "Lax"
X_FRAME_OPTIONS = "DENY"
# How many proxies of ours stand in front; their X-Forwarded-* are believed, anybody else's are not.
TRUSTED_PROXIES: int = env.int("TRUSTED_PROXIES", 0)
if TRUSTED_PROXIES:
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
ALLAUTH_TRUSTED_PROXY_COUNT = TRUSTED_PROXIES

# --- uploads -------------------------------------------------------------------------------------

UPLOAD_MAX_BYTES = 15 * 1024 * 1024
UPLOAD_MAX_PIXELS = 50_000_000

# --- API -----------------------------------------------------------------------------------------

REST_FRAMEWORK = {
    "DEFAULT_RENDERER_CLASSES": ["rest_framework.renderers.JSONRenderer"],
    "DEFAULT_PARSER_CLASSES": ["rest_framework.parsers.JSONParser"],
    "DEFAULT_AUTHENTICATION_CLASSES": ["rest_framework.authentication.SessionAuthentication"],
    # Closed unless a view says otherwise: LoginRequiredMiddleware does not see DRF views.
    "DEFAULT_PERMISSION_CLASSES": ["rest_framework.permissions.IsAuthenticated"],
    "DEFAULT_FILTER_BACKENDS": ["django_filters.rest_framework.DjangoFilterBackend"],
    "DEFAULT_SCHEMA_CLASS": "drf_spectacular.openapi.AutoSchema",
    "DEFAULT_THROTTLE_CLASSES": [
        "rest_framework.throttling.AnonRateThrottle",
        "rest_framework.throttling.UserRateThrottle",
    ],
    "DEFAULT_THROTTLE_RATES": {
        "anon": env.str("API_RATE_ANON", "120/min"),
        "user": env.str("API_RATE_USER", "600/min"),
    },
    "NUM_PROXIES": TRUSTED_PROXIES,
}
SPECTACULAR_SETTINGS = {
    "TITLE": "Портал Центра Сообществ",
    "DESCRIPTION": "Открытые данные отделений: сообщества и события города.",
    "VERSION": "1",
    "SERVE_INCLUDE_SCHEMA": False,
    "SERVE_PUBLIC": True,
}

# --- logs: structured, without personal data -----------------------------------------------------

DJANGO_STRUCTLOG_IP_LOGGING_ENABLED = False
DJANGO_STRUCTLOG_USER_ID_FIELD = "pk"
_shared: list[structlog.typing.Processor] = [
    structlog.contextvars.merge_contextvars,
    hide_secrets,
    structlog.stdlib.add_log_level,
    structlog.stdlib.add_logger_name,
    structlog.processors.TimeStamper(fmt="iso", utc=True),
]
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {
        "lines": {
            "()": structlog.stdlib.ProcessorFormatter,
            "processor": structlog.dev.ConsoleRenderer(
                colors=False,
                # The pretty traceback prints local variables, and people's data with them.
                exception_formatter=structlog.dev.plain_traceback,
            )
            if _RELAXED
            else structlog.processors.JSONRenderer(ensure_ascii=False),
            "foreign_pre_chain": _shared,
        }
    },
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "lines"}},
    "root": {"handlers": ["console"], "level": env.str("LOG_LEVEL", "INFO")},
    "loggers": {
        "django.server": {"handlers": ["console"], "level": "WARNING", "propagate": False},
        "fontTools": {"level": "WARNING"},
        # They write down every address asked for, and the bot's holds its token.
        **{name: {"level": "WARNING"} for name in ("httpx2", "httpcore2")},
    },
}
structlog.configure(
    processors=[
        structlog.stdlib.filter_by_level,
        *_shared,
        structlog.processors.format_exc_info,
        structlog.stdlib.ProcessorFormatter.wrap_for_formatter,
    ],
    logger_factory=structlog.stdlib.LoggerFactory(),
    wrapper_class=structlog.stdlib.BoundLogger,
    cache_logger_on_first_use=True,
)
logging.captureWarnings(True)
