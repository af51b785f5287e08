"""The calendar in a browser: the map with its list, the frame on another site, and what a page may not do to it."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread

import pytest
import time_machine
from django.urls import reverse
from django.utils import timezone
from playwright.sync_api import expect

from tests import factories as f

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def page(browser):
    context = browser.new_context(locale="ru-RU", reduced_motion="reduce")
    context.set_default_timeout(15_000)
    yield context.new_page()
    context.close()


@pytest.fixture
def events():
    community, soon = f.approved().community, timezone.now().replace(microsecond=0) + timedelta(hours=1)
    return [
        f.published(community, title=f"Событие {number}", starts_at=soon + timedelta(days=number))
        for number in range(3)
    ]


@pytest.fixture
def elsewhere():
    """Another site: a function that says what its page holds and gives the page's address."""

    class Site(BaseHTTPRequestHandler):
        body = ""

        def do_GET(self):
            self.send_response(200)
            self.send_header("Content-Type", "text/html; charset=utf-8")
            self.end_headers()
            self.wfile.write(f"<!doctype html><html><body>{Site.body}</body></html>".encode())

        def log_message(self, *said):
            """Say nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Site)
    Thread(target=server.serve_forever, daemon=True).start()

    def holding(body):
        Site.body = body
        return f"http://127.0.0.1:{server.server_port}/"

    yield holding
    server.shutdown()
    server.server_close()


def test_a_point_of_the_map_names_what_is_on_there(page, live_server, events):
    page.goto(
        f"{live_server.url}{reverse('calendar')}?view=map&day={timezone.localdate(events[0].starts_at)}"
    )
    expect(page.get_by_role("region", name="События на карте")).to_be_visible()
    pin = page.get_by_role("button", name="Событие 0")
    pin.focus()
    pin.press("Enter")
    popup = page.locator(".leaflet-popup").get_by_role("link", name="Событие 0")
    expect(popup).to_have_attribute("href", events[0].get_absolute_url())
    # The list beside it says the same, without scripts and tiles too.
    expect(page.locator(".hub-agenda").get_by_role("link", name="Событие 0")).to_be_visible()


def test_the_frame_stands_on_another_site_and_grows(page, live_server, events, elsewhere):
    address = live_server.url + reverse("calendar-embed-js")
    page.goto(elsewhere(f'<script src="{address}" data-query="n=3" data-title="Календарь" async></script>'))
    frame = page.frame_locator("iframe")
    expect(frame.get_by_role("link", name="Событие 2")).to_be_visible()
    expect(page.locator("iframe")).not_to_have_attribute("height", "480")
    height = page.locator("iframe").get_attribute("height")
    # Nobody else tells the frame how tall it is.
    page.evaluate("postMessage({ calendarHeight: 4000 }, '*')")
    page.wait_for_timeout(200)
    assert page.locator("iframe").get_attribute("height") == height
    assert page.context.cookies() == []


def test_other_pages_of_ours_do_not_stand_in_a_frame(page, live_server, events, elsewhere):
    said = []
    page.on("console", lambda message: said.append(message.text))
    page.goto(elsewhere(f'<iframe src="{live_server.url}{reverse("calendar")}"></iframe>'))
    page.wait_for_timeout(1000)
    assert any("frame-ancestors" in text or "X-Frame-Options" in text for text in said), said
    assert page.frames[1].url.startswith("chrome-error:")


def test_the_page_of_the_code_shows_the_frame_at_once(page, live_server, events):
    page.goto(live_server.url + reverse("calendar-embed-code"))
    expect(page.frame_locator("iframe").get_by_role("link", name="Событие 0")).to_be_visible()
    page.get_by_label("3", exact=True).check()
    page.wait_for_url("**n=3**")
    assert "n=3" in page.get_by_label("Сам подстроит высоту").input_value()


@pytest.mark.parametrize(("month", "weeks"), [("2027-02", 4), ("2027-01", 5), ("2027-05", 6)])
def test_a_month_is_one_sheet_of_paper_that_says_what_was_chosen(page, live_server, month, weeks):
    community = f.approved().community
    long = "Прогулка по очень длинной тропе к водопадам " * 2
    for number in range(5):
        starts = f.SATURDAY.replace(day=1) + number * timedelta(minutes=5)
        f.published(community, title=long, starts_at=starts, rrule="FREQ=DAILY;COUNT=200", place="")
    page.goto(f"{live_server.url}{reverse('calendar')}?month={month}&topic=trails&free=true")
    assert page.locator(".hub-month tbody tr").count() == weeks
    paper = page.pdf(prefer_css_page_size=True)
    assert sheets(paper) == 1
    wide, high = map(float, re.search(rb"/MediaBox \[0 0 ([\d.]+) ([\d.]+)\]", paper).groups())
    assert (round(wide), round(high)) == (842, 595)  # A4, lying
    page.emulate_media(media="print")
    expect(page.get_by_text("Показано только: Бесплатно, Тропы и походы")).to_be_visible()
    expect(page.get_by_text("Что не поместилось в день, напечатает кнопка «Печать»")).to_be_visible()
    for hidden in (page.get_by_role("navigation"), page.get_by_role("button")):
        assert [one.is_visible() for one in hidden.all()].count(True) == 0


def sheets(paper):
    return len(re.findall(rb"/Type /Page\b", paper))


@pytest.mark.parametrize(("a_day", "most"), [(4, 1), (7, 3)], ids=["all fits", "some does not"])
def test_what_fits_into_no_day_is_printed_on_a_sheet_of_its_own(page, live_server, a_day, most):
    community = f.approved().community
    for number in range(a_day):
        starts = f.SATURDAY.replace(day=1) + number * timedelta(minutes=5)
        f.published(community, title=f"Прогулка {number}", starts_at=starts, rrule="FREQ=DAILY;COUNT=31")
    page.goto(f"{live_server.url}{reverse('calendar')}?month=2027-01&topic=trails")
    page.add_init_script("window.print = () => { window.printed = true }")
    page.get_by_role("link", name="Печать").click()
    page.wait_for_function("window.printed")
    assert page.url.endswith("?month=2027-01&topic=trails&print=1")
    rest = page.locator(".hub-rest")
    assert not rest.is_visible()  # the screen has «ещё 3» to press
    page.emulate_media(media="print")
    assert rest.count() == (a_day > 4)
    if a_day > 4:
        expect(page.get_by_role("heading", name="Не поместилось")).to_be_visible()
        day = page.locator(".hub-rest__days > div", has_text="16 января")
        assert [one.inner_text() for one in day.locator(".hub-ev span").all()] == [
            "Прогулка 4", "Прогулка 5", "Прогулка 6",
        ]  # fmt: skip
        assert page.locator(".hub-rest__days h3").count() == 31
        assert not page.get_by_text("Что не поместилось в день").is_visible()
    assert 1 + (a_day > 4) <= sheets(page.pdf(prefer_css_page_size=True)) <= most
    # Other months are looked at on the screen.
    page.emulate_media(media="screen")
    page.get_by_role("link", name="Февраль 2027").click()
    page.wait_for_url("**/calendar/?month=2027-02&topic=trails")


def test_a_phone_shows_the_week_from_today(page, live_server):
    community, noon = f.approved().community, datetime(2027, 1, 14, 9, tzinfo=UTC)  # a Thursday
    for day in (-2, 0, 1):
        f.published(community, title=f"Событие {day}", starts_at=noon + timedelta(days=day, hours=2))
    with time_machine.travel(noon):
        page.set_viewport_size({"width": 360, "height": 740})
        page.goto(f"{live_server.url}{reverse('calendar')}?view=week")
        shown = page.locator(".hub-wev__title")
        assert [one.inner_text() for one in shown.all() if one.is_visible()] == ["Событие 0", "Событие 1"]
        page.get_by_role("link", name="Показать и прошедшие дни недели").click()
        assert [one.is_visible() for one in shown.all()] == [True, True, True]
        # Another week, and a wide screen, hide nothing.
        page.goto(f"{live_server.url}{reverse('calendar')}?view=week&day=2027-01-20")
        expect(page.get_by_role("link", name="Показать и прошедшие")).to_be_hidden()
        page.set_viewport_size({"width": 1280, "height": 740})
        page.goto(f"{live_server.url}{reverse('calendar')}?view=week")
        assert [one.is_visible() for one in shown.all()] == [True, True, True]


@pytest.mark.parametrize("width", [320, 360, 768, 1280])
def test_the_filters_can_be_sent_without_scrolling(page, live_server, events, width):
    page.set_viewport_size({"width": width, "height": 740})
    page.goto(live_server.url + reverse("calendar"))
    button = page.locator("summary", has_text="Фильтры")
    before = button.bounding_box()
    button.click()
    after = button.bounding_box()
    # The button stays where it was pressed, the other one is in sight.
    assert (abs(before["x"] - after["x"]) < 2, abs(before["y"] - after["y"]) < 2) == (True, True)
    send = page.get_by_role("button", name="Показать")
    expect(send).to_be_in_viewport()
    box = send.bounding_box()
    assert (
        page.evaluate(
            "([x, y]) => document.elementFromPoint(x, y).textContent", [box["x"] + 5, box["y"] + 5]
        ).strip()
        == "Показать"
    )
