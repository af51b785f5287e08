"""The calendar by keyboard alone, and its forms when they are refused: menus open and close, nothing is out of reach."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.conf import settings
from django.test import Client
from django.utils import timezone

from hub.choices import RoleKind
from tests import factories as f
from tests.browser.looks import faults_of

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def signed_in(browser, live_server):
    """A page of somebody, by their account."""
    contexts = []

    def page(user, width=360):
        client = Client()
        client.force_login(user)
        context = browser.new_context(
            locale="ru-RU", viewport={"width": width, "height": 740}, reduced_motion="reduce"
        )
        context.set_default_timeout(15_000)
        session = client.cookies[settings.SESSION_COOKIE_NAME]
        context.add_cookies([{"name": session.key, "value": session.value, "url": live_server.url}])
        contexts.append(context)
        return context.new_page()

    yield page
    for context in contexts:
        context.close()


@pytest.mark.parametrize("width", [360, 1280])
@pytest.mark.parametrize("address", ["/calendar/", "event", "/cabinet/"])
def test_every_menu_is_opened_and_left_by_keyboard(signed_in, live_server, width, address):
    event = f.opened(2, starts_at=timezone.now() + timedelta(days=2))
    page = signed_in(f.UserFactory(), width)
    page.goto(live_server.url + (event.get_absolute_url() if address == "event" else address))
    buttons = [
        one for one in page.locator("[popovertarget]:not([popovertargetaction])").all() if one.is_visible()
    ]
    assert buttons
    for button in buttons:
        menu = page.locator(f"#{button.get_attribute('popovertarget')}")
        button.focus()
        page.keyboard.press("Enter")
        assert menu.evaluate("menu => menu.matches(':popover-open')")
        page.keyboard.press("Tab")
        assert menu.evaluate("menu => menu.contains(document.activeElement)")
        page.keyboard.press("Escape")
        assert not menu.evaluate("menu => menu.matches(':popover-open')")
        assert button.evaluate("button => button === document.activeElement")


def refusing():
    """(who, address) of the forms of the calendar, each of which refuses to be sent empty."""
    record = f.approved()
    community = record.community
    leader = community.stewardships.get().user
    city, past = f.state_event(title="День города"), timezone.now() - timedelta(days=2)
    proven = f.accepted(f.state_event(title="Субботник", starts_at=past), community)
    official = f.staff(RoleKind.ADMINISTRATION, community.branch)
    return [
        (leader, f"/cabinet/events/new/?community={community.slug}"),
        (leader, f"/cabinet/talks/new/?community={community.slug}"),
        (leader, f"/cabinet/state-events/{city.pk}/support/?community={community.slug}"),
        (leader, f"/cabinet/supports/{proven.pk}/"),
        (leader, f"/cabinet/communities/{community.slug}/calendars/new/"),
        (official, "/state-events/desk/new/"),
    ]


def test_a_refused_form_is_as_accessible_as_a_new_one(signed_in, live_server):
    faults = []
    for user, address in refusing():
        page = signed_in(user, 320)
        page.goto(live_server.url + address)
        page.locator("main form[method=post] button:not([type=button]) >> visible=true").last.click()
        page.locator("[data-error-summary]").wait_for()
        if not page.evaluate("document.activeElement.matches('[data-error-summary]')"):
            faults.append(f"{address}: the focus is not on what is wrong")
        faults += [f"{address} {fault}" for fault in faults_of(page)]
    assert not faults, "\n".join(faults)
