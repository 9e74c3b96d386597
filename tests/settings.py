"""The product's own settings with quick passwords; tests/conftest.py has set the environment they read."""

from config.settings import *  # noqa: F403
from config.settings import DATA_DIR, DATABASES

# Argon2 is slow by intent; tests make hundreds of users.
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
# Every test client would otherwise list all static files of all packages before its first request.
WHITENOISE_AUTOREFRESH = True
if DATABASES["default"]["ENGINE"] == "django.db.backends.sqlite3":
    # A file, as in production: the live server's threads have connections of their own and locks are real.
    DATABASES["default"]["TEST"] = {"NAME": str(DATA_DIR / "test.sqlite3")}
    # No waiting for the disk: what a test writes need not survive a power cut. The product's own processes do wait.
    DATABASES["default"]["OPTIONS"]["init_command"] += "PRAGMA synchronous=OFF;"
