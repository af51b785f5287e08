"""Every page, as somebody who may see it: accessible, in Russian, inside the screen, within its CSP.

The pages are those that the table of routes opens by GET; each is looked at in both themes, narrow and wide.
"""

from __future__ import annotations

import re
from http.cookies import Morsel
from itertools import groupby

import pytest
from django.conf import settings
from django.test import Client

from tests.architecture.cast import make_cast
from tests.architecture.pages import address_of, pages
from tests.browser.looks import faults_of
from tests.chromium import listen

pytestmark = pytest.mark.django_db(transaction=True)

GROUPS = 6
#: Its page shows class names; everything else on it is looked at.
NAMES_CLASSES = "/styleguide/"
#: Names that are written in Latin letters in Russian texts too.
NAMES = {
    *("telegram", "vk", "pdf", "xlsx", "csv", "tsv", "api", "json", "openapi", "openstreetmap", "leaflet"),
    *("excel", "django", "rutube", "google", "ios", "android", "webp", "jpeg", "png", "english", "geojson"),
    *("retry", "after", "next"),  # a header and a field of the API
    *("ical", "ics", "webcal"),  # what Google, Yandex and Apple call them in Russian as well
    *("qr", "totp", "ok", "get", "utc", "url", "https", "http", "utf", "windows", "id"),
}


def english(text: str) -> list[str]:
    """Words in Latin letters that have no business on a Russian page."""
    text = re.sub(
        r"\S+@\S+|https?://\S+|\S+\.(?:ru|com|org|me|example|csv|png)\S*|/[a-z0-9/_<>{}?=&.-]+",
        " ",
        text,
        flags=re.I,
    )
    return sorted({word for word in re.findall(r"\b[a-zA-Z]{3,}\b", text) if word.lower() not in NAMES})


@pytest.mark.parametrize("group", range(GROUPS))
def test_pages(group, browser, live_server):
    cast = make_cast()
    faults = []
    # One viewer after the other: what their browser has fetched for a page it has for the next one.
    every = sorted(pages(), key=lambda page: page[-1])
    share = every[group * len(every) // GROUPS : (group + 1) * len(every) // GROUPS]
    for viewer, theirs in groupby(share, key=lambda page: page[-1]):
        client = Client()
        if person := cast.people[viewer]:
            client.force_login(person)
        with Looker(browser, live_server.url, client.cookies.get(settings.SESSION_COOKIE_NAME)) as looker:
            for name, arguments, query, _viewer in theirs:
                address = address_of(name, arguments, query, cast.things)
                # Files and fragments are no pages.
                if b"<html" in client.get(address).getvalue():
                    faults += [f"{name} {query} ({viewer}): {fault}" for fault in looker.look(address)]
    assert not faults, "\n".join(faults)


class Looker:
    """Somebody's browser: it forgets what a page left in it, but for the files that it has fetched."""

    def __init__(self, browser, origin: str, session: Morsel | None):
        self.origin, self.session = origin, session
        self.messages: list[str] = []
        self.strangers: list[str] = []
        self.context = browser.new_context(
            locale="ru-RU", viewport={"width": 320, "height": 800}, reduced_motion="reduce"
        )
        listen(self.context, self.messages)
        # Our own requests are not stopped to be let through: each would cost a journey there and back.
        self.context.route(re.compile(rf"^(?!{re.escape(origin)}/|data:|blob:)"), self.turn_away)
        self.page = self.context.new_page()
        self.page.add_init_script("if (self === top) { localStorage.clear(); sessionStorage.clear() }")

    def __enter__(self) -> Looker:
        return self

    def __exit__(self, *_fault: object) -> None:
        self.context.close()

    def turn_away(self, route) -> None:
        if not route.request.url.startswith(settings.MAP_TILE_URL.split("{")[0]):
            self.strangers.append(route.request.url)
        route.fulfill(status=204, body="")

    def look(self, address: str):
        """Yield what is wrong with the page."""
        page = self.page
        self.context.clear_cookies()
        if self.session:
            cookie = {"name": self.session.key, "value": self.session.value, "url": self.origin}
            self.context.add_cookies([cookie])
        page.goto(self.origin + address, wait_until="load")
        yield from faults_of(page)
        yield from (f"left our host: {url}" for url in self.strangers)
        yield from (f"console: {text}" for text in self.messages if "tile" not in text)
        self.strangers.clear()
        self.messages.clear()
        page.evaluate(
            "document.querySelectorAll('code, [translate=no], [lang=en]').forEach(node => node.remove())"
        )
        words = english(page.inner_text("body"))
        if words and address != NAMES_CLASSES:
            yield f"English on the page: {words}"
