"""Announcing in a browser: nothing typed is lost when the session ends, a new venue gets its pin."""

from __future__ import annotations

import pytest
from django.contrib.sessions.models import Session
from django.urls import reverse
from playwright.sync_api import expect

from events.models import Event, Venue
from tests import factories as f
from tests.browser.test_census import sign_in

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def community():
    return f.approved().community


@pytest.fixture
def leader(community):
    return community.stewardships.get().user


@pytest.fixture
def page(browser, live_server, leader, community):
    context = browser.new_context(
        locale="ru-RU",
        viewport={"width": 360, "height": 760},
        base_url=live_server.url,
        reduced_motion="reduce",
    )
    context.set_default_timeout(15_000)
    page = context.new_page()
    page.route(
        "**/*",
        lambda route: route.continue_() if route.request.url.startswith(live_server.url) else route.abort(),
    )
    sign_in(context, leader, live_server.url)
    page.goto(f"{reverse('event-announce')}?community={community.slug}")
    yield page
    context.close()


def write(page):
    page.get_by_label("Как называется?").fill("Карта старых троп")
    page.get_by_label("Коротко, что будет").fill("Рисуем вместе")
    page.get_by_label("День", exact=True).fill("2027-01-16")
    page.get_by_label("Начало").fill("15:00")
    page.get_by_text("Каждую неделю", exact=True).click()


def test_what_was_typed_comes_back_after_the_session_has_ended(page, leader, live_server):
    write(page)
    Session.objects.all().delete()
    page.get_by_role("button", name="Дальше: посмотреть").click()
    page.wait_for_url("**/accounts/login/**")
    assert not Event.objects.exists()
    sign_in(page.context, leader, live_server.url)
    page.goto(page.url)  # signed in, it goes on to where one was
    page.get_by_role("button", name="Вернуть набранное").click()
    expect(page.get_by_label("Как называется?")).to_have_value("Карта старых троп")
    expect(page.get_by_label("Начало")).to_have_value("15:00")
    expect(page.get_by_label("Каждую неделю")).to_be_checked()
    page.get_by_role("button", name="Дальше: посмотреть").click()
    page.wait_for_url("**/publish/")
    assert Event.objects.get().rrule == "FREQ=WEEKLY"
    # It has arrived: nothing is offered again.
    assert page.evaluate("Object.keys(localStorage).filter(key => key.startsWith('event:'))") == []


def test_a_new_venue_gets_its_pin_by_a_tap_on_the_map(page):
    write(page)
    page.get_by_text("Площадки нет в списке — добавить").click()
    page.get_by_label("Название площадки").fill("Двор на Донской")
    page.locator("#venue-map").scroll_into_view_if_needed()
    page.locator("#venue-map").click()
    expect(page.locator("#venue-map .hub-pin")).to_be_visible()
    page.get_by_role("button", name="Дальше: посмотреть").click()
    page.wait_for_url("**/publish/")
    venue = Venue.objects.get(name="Двор на Донской")
    branch = f.BranchFactory()
    assert (venue.lat, venue.lng) == (pytest.approx(branch.lat, abs=0.1), pytest.approx(branch.lng, abs=0.1))


def test_the_weekday_of_the_first_date_is_ticked_until_others_are_chosen(page):
    write(page)
    days = page.get_by_role("group", name="По каким дням?")
    ticked = "[...document.querySelectorAll('[name=weekdays]:checked')].map(box => box.value).join()"
    expect(days.get_by_label("сб")).to_be_checked()
    page.get_by_label("День", exact=True).fill("2027-01-17")
    expect(days.get_by_label("вс")).to_be_checked()
    assert page.evaluate(ticked) == "SU"
    for day in ("вт", "чт", "вс"):
        days.get_by_text(day).click()
    page.get_by_label("День", exact=True).fill("2027-01-16")
    assert page.evaluate(ticked) == "TU,TH"
    # A week stands in one row under the thumb, and nothing runs out of the page.
    tops = "[...document.querySelectorAll('[name=weekdays]')].map(box => Math.round(box.getBoundingClientRect().top))"
    assert len(set(page.evaluate(tops))) == 1
    assert page.evaluate("document.documentElement.scrollWidth") == 360
    page.get_by_role("button", name="Дальше: посмотреть").click()
    page.wait_for_url("**/publish/")
    assert Event.objects.get().rrule == "FREQ=WEEKLY;BYDAY=TU,TH"
