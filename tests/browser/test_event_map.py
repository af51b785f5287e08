"""Where an event is, on our own map: nothing of it is loaded before somebody asks, one marker stands there then."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from tests import factories as f
from tests.chromium import listen

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def asked():
    """Addresses that the page has asked for."""
    return []


@pytest.fixture
def page(browser, live_server, asked):
    context = browser.new_context(locale="ru-RU", base_url=live_server.url, reduced_motion="reduce")
    context.set_default_timeout(15_000)
    faults: list[str] = []
    listen(context, faults)
    page = context.new_page()

    def answer(route):
        asked.append(route.request.url)
        # The tiles are another site's: an empty picture stands for them.
        if route.request.url.startswith(live_server.url):
            route.continue_()
        else:
            route.fulfill(content_type="image/svg+xml", body='<svg xmlns="http://www.w3.org/2000/svg"/>')

    page.route("**/*", answer)
    yield page
    context.close()
    assert faults == []


@pytest.mark.parametrize("how", ["tap", "keys"])
def test_whoever_asks_is_shown_one_marker(page, asked, live_server, how):
    event = f.published()
    page.goto(event.get_absolute_url())
    summary = page.get_by_text("Показать на карте")
    expect(summary).to_be_visible()
    assert not [url for url in asked if "leaflet" in url or not url.startswith(live_server.url)]
    if how == "tap":
        summary.click()
    else:
        summary.focus()
        page.keyboard.press("Enter")
    marker = page.locator("#event-map .leaflet-marker-icon")
    expect(marker).to_have_count(1)
    expect(marker).to_be_in_viewport()
    if how == "keys":
        for _step in range(6):
            page.keyboard.press("Tab")
            if marker.evaluate("node => node === document.activeElement"):
                break
        page.keyboard.press("Enter")
    else:
        marker.click()
    there = page.locator("#event-map").get_by_role("link", name=event.venue.name)
    expect(there).to_have_attribute("href", "https://yandex.ru/maps/?pt=39.73,43.57&z=16&l=map")
    page.get_by_text("Показать на карте").click()
    expect(page.locator("#event-map")).not_to_be_visible()
    loaded = len(asked)
    page.get_by_text("Показать на карте").click()
    expect(marker).to_be_visible()
    assert not [url for url in asked[loaded:] if url.endswith(".js")]


def test_on_paper_and_without_scripts_there_is_no_empty_box(browser, live_server):
    event = f.published()
    context = browser.new_context(locale="ru-RU", base_url=live_server.url, java_script_enabled=False)
    page = context.new_page()
    page.goto(event.get_absolute_url())
    expect(page.get_by_role("link", name="Открыть в Яндекс Картах")).to_be_visible()
    expect(page.get_by_text("Показать на карте")).not_to_be_visible()
    context.close()


def test_a_venue_without_a_pin_has_no_map(page):
    page.goto(f.published(venue=f.VenueFactory(name="Пустырь", lat=None, lng=None)).get_absolute_url())
    expect(page.get_by_text("Пустырь")).to_be_visible()
    expect(page.get_by_text("Показать на карте")).to_have_count(0)
