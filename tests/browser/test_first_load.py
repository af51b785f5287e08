"""QUALITY 26: what a phone fetches when somebody opens a public page for the first time."""

from __future__ import annotations

from datetime import timedelta
from urllib.parse import urlsplit

import pytest
from django.core.management import call_command
from django.test.testcases import LiveServerThread
from django.urls import reverse
from django.utils import timezone

from communities.models import Photo
from hub.templatetags import pictures
from tests import factories as f

pytestmark = pytest.mark.django_db(transaction=True)
MOST = 200 * 1024
#: What the promise leaves out: the named libraries, which load where they are used.
APART = ("leaflet",)
ROWS = 8
SCREENS = {
    "phone": {"viewport": {"width": 360, "height": 760}, "device_scale_factor": 3, "is_mobile": True},
    "desk": {"viewport": {"width": 1280, "height": 800}},
}
#: Pages of large pictures, where there is room for them: a photo across the screen, six cards at once.
WIDE = {"event", "community", "cards"}
#: No photo on the first screen.
PLAIN = {"home", "embed"}
BELOW = """() => [...document.images].filter(image => image.getBoundingClientRect().top > innerHeight)
  .map(image => image.currentSrc)"""


@pytest.fixture(scope="module")
def collected(tmp_path_factory):
    """The static files as production has them: under names of their content, compressed once."""
    return tmp_path_factory.mktemp("static")


@pytest.fixture
def portal(settings, collected, monkeypatch):
    """The portal with the files and the compression of production; its address."""
    settings.STORAGES = settings.STORAGES | {
        "staticfiles": {"BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"}
    }
    settings.STATIC_ROOT = collected
    settings.WHITENOISE_AUTOREFRESH = settings.WHITENOISE_USE_FINDERS = False
    # In production the front does it.
    settings.MIDDLEWARE = ["django.middleware.gzip.GZipMiddleware", *settings.MIDDLEWARE]
    if not any(collected.iterdir()):
        call_command("collectstatic", interactive=False, verbosity=0)
    pictures._static_kept.cache_clear()
    thread = LiveServerThread("127.0.0.1", lambda served: served)
    thread.daemon = True
    thread.start()
    thread.is_ready.wait()
    assert not thread.error
    yield f"http://127.0.0.1:{thread.port}"
    thread.terminate()
    pictures._static_kept.cache_clear()


@pytest.fixture
def city():
    """A branch where everybody has brought photos and a sign; the addresses of its pages."""
    for number in range(ROWS):
        record = f.approved(name=f"Сообщество {number}", logo=f.sign())
        Photo.objects.create(record=record, upload=f.photo())
        starts_at = timezone.now() + timedelta(days=2, hours=number)
        event = f.published(
            record.community, starts_at=starts_at, ends_at=starts_at + timedelta(hours=1), cover=f.photo()
        )
    for _one in range(2):
        Photo.objects.create(record=record, upload=f.photo())
    return {
        "home": reverse("home"),
        "catalogue": reverse("community-list"),
        "cards": reverse("community-list") + "?view=cards",
        "calendar": reverse("calendar") + "?view=list",
        "event": event.get_absolute_url(),
        "community": record.community.get_absolute_url(),
        "embed": reverse("calendar-embed"),
    }


def fetched(browser, address: str, screen: dict) -> dict[str, int]:
    """Path of each file → bytes that came for it, headers included."""
    context = browser.new_context(locale="ru-RU", **screen)
    page = context.new_page()
    session = context.new_cdp_session(page)
    names, sizes = {}, {}
    session.on(
        "Network.requestWillBeSent", lambda told: names.update({told["requestId"]: told["request"]["url"]})
    )
    session.on(
        "Network.loadingFinished", lambda told: sizes.update({told["requestId"]: told["encodedDataLength"]})
    )
    session.send("Network.enable")
    page.goto(address, wait_until="networkidle")
    # What lies further down the browser fetches ahead, when the page is there; it is not waited for.
    below = set(page.evaluate(BELOW))
    context.close()
    return {
        urlsplit(url).path: round(sizes[key])
        for key, url in names.items()
        if sizes.get(key) and url not in below and not any(library in url for library in APART)
    }


def test_a_page_is_light(browser, portal, city):
    heavy = []
    for screen, unlike in (("phone", set()), ("desk", WIDE)):
        for name in city.keys() - unlike:
            files = fetched(browser, portal + city[name], SCREENS[screen])
            # No measure of an empty page: it came with its letters, and with the photos that it shows first.
            assert any("golos" in file for file in files)
            assert name in PLAIN or any("/media/" in file for file in files)
            if (total := sum(files.values())) > MOST:
                by_size = sorted(files.items(), key=lambda one: -one[1])
                heavy.append(
                    "\n".join([f"{screen}, {name}: {total}", *(f"{n:8} {file}" for file, n in by_size)])
                )
    assert not heavy, "\n".join(heavy)
