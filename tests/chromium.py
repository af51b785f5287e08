"""Debian's Chromium for the tests in a browser; without one they are skipped aloud, never silently.

Loaded by `-p tests.chromium`. CI=true or BROWSER=required makes its absence a failure.
"""

import os
import shutil
from collections.abc import Iterator
from typing import Any

import pytest

EXECUTABLE = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
REQUIRED = os.environ.get("CI") == "true" or os.environ.get("BROWSER") == "required"
ABSENT = "нет Chromium: поставьте пакет chromium; с CI=true или BROWSER=required это ошибка"


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if "browser" in getattr(item, "fixturenames", ()):
            item.add_marker(pytest.mark.browser)
        if item.get_closest_marker("browser") and not EXECUTABLE and not REQUIRED:
            item.add_marker(pytest.mark.skip(reason=ABSENT))


@pytest.fixture(scope="session")
def browser() -> Iterator[Any]:
    """A running Chromium; a test opens its own context in it."""
    from playwright.sync_api import sync_playwright  # costs half a second, which other runs need not pay

    if not EXECUTABLE:
        pytest.fail(ABSENT)
    # Playwright keeps an event loop in this thread, and Django would take our queries for async ones.
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=EXECUTABLE)
        yield chromium
        chromium.close()


# What htmx says when a page is left while it still asks for something; a real fault says more than these.
LEFT_IN_THE_MIDDLE = ("htmx:afterRequest", "htmx:sendAbort")


def listen(context: Any, faults: list[str]) -> None:
    """Add to `faults` what the consoles of this browser context say: errors, warnings, uncaught exceptions."""

    def hear(message: Any) -> None:
        if message.type in ("error", "warning") and not message.text.startswith(LEFT_IN_THE_MIDDLE):
            faults.append(f"{message.page.url}: {message.text}")

    context.on("console", hear)
    context.on("weberror", lambda fault: faults.append(str(fault.error)))
