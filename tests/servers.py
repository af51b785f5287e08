"""The servers and the environment of the tests, set before pytest-django reads the settings.

Loaded by `-p tests.servers`. Without DATABASE_URL and REDIS_URL each run gets throwaway servers of its
own; HUB_TEST_SERVICES names the data directory of running ones instead (`python -m hub.devservices run`).
Test workers inherit the environment; pytest-django gives each its own database, we its own Redis number.
"""

import os
import tempfile
from contextlib import ExitStack
from dataclasses import asdict
from pathlib import Path
from urllib.parse import urlsplit

from django.conf import settings

from hub.devservices import joined, throwaway_services
from hub.messages import compile_catalogues

_until_the_end = ExitStack()
_worker = os.environ.get("PYTEST_XDIST_WORKER")


def _start() -> None:
    given = {name: os.environ[name] for name in ("DATABASE_URL", "REDIS_URL") if os.environ.get(name)}
    if shared := os.environ.get("HUB_TEST_SERVICES"):
        os.environ |= asdict(joined(Path(shared).resolve())) | given
    elif len(given) < 2:
        os.environ |= asdict(_until_the_end.enter_context(throwaway_services())) | given
    # DEMO and DATA_DIR are set also against a developer's .env.
    data = _until_the_end.enter_context(tempfile.TemporaryDirectory(prefix="hub-test-data-"))
    # A developer's bot is none of the tests' business.
    os.environ["TELEGRAM_TOKEN"] = ""
    # Redis may answer late on a busy machine: that is no reason for a test to find an empty cache.
    # Tests run at night as well: who is to be left in peace says so.
    os.environ |= {"DEBUG": "1", "DEMO": "0", "DATA_DIR": data, "REDIS_TIMEOUT": "10", "QUIET_HOURS": ""}
    compile_catalogues()


if _worker is None:
    _start()
# Number 0 may be somebody's development data.
_number = 1 + int(_worker.removeprefix("gw")) if _worker else 1
os.environ["REDIS_URL"] = urlsplit(os.environ["REDIS_URL"])._replace(path=f"/{_number}").geturl()


def pytest_configure() -> None:
    """Keep compiled templates from page to page, as production does and DEBUG does not."""
    [loader] = settings.TEMPLATES[0]["OPTIONS"]["loaders"]
    if "cached" not in str(loader):
        partials, files = loader
        cached = (partials, [("django.template.loaders.cached.Loader", files)])
        settings.TEMPLATES[0]["OPTIONS"]["loaders"] = [cached]
    settings.WHITENOISE_AUTOREFRESH = True  # or each test client begins by reading every static file
    from django.contrib.auth.hashers import PBKDF2PasswordHasher

    PBKDF2PasswordHasher.iterations = 100  # that a million rounds take time is Django's to prove


def pytest_unconfigure() -> None:
    _until_the_end.close()
