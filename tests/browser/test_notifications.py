"""The bell that refreshes itself, and the settings of notifications with and without mistakes."""

from __future__ import annotations

import pytest
from django.conf import settings
from django.test import Client
from playwright.sync_api import expect

from communities.notifications import RETURNED
from hub.models import NotificationSettings
from hub.outbox import notify
from tests import factories as f
from tests.browser.looks import faults_of
from tests.chromium import listen

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def person():
    f.BranchFactory()
    return f.UserFactory()


@pytest.fixture
def page(browser, live_server, person):
    client = Client()
    client.force_login(person)
    cookie = client.cookies[settings.SESSION_COOKIE_NAME]
    context = browser.new_context(
        locale="ru-RU",
        viewport={"width": 320, "height": 720},
        base_url=live_server.url,
        reduced_motion="reduce",
    )
    context.add_cookies([{"name": cookie.key, "value": cookie.value, "url": live_server.url}])
    page = context.new_page()
    page.faults = []
    listen(context, page.faults)
    yield page
    context.close()
    assert page.faults == []


def tell(person, number):
    context = {"name": "Тропа", "reasons": [{"label": "Место", "reason": "Укажите вход со двора. " * 20}]}
    branch = f.BranchFactory()
    notify(RETURNED, key=f"told:{number}", branch=branch, user=person, context=context, path="/cabinet/")


def hide(page, hidden):
    page.evaluate(
        "hidden => Object.defineProperty(document, 'hidden', {configurable: true, get: () => hidden})", hidden
    )


def test_the_bell_asks_for_itself_while_somebody_looks(page, person):
    page.clock.install()
    page.goto("/inbox/")
    bell = page.locator("#bell")
    expect(bell).to_have_accessible_name("Уведомления, непрочитанных нет")
    tell(person, 1)
    page.clock.fast_forward("01:01")
    expect(bell).to_have_accessible_name("Уведомления, 1 непрочитанное")
    hide(page, True)
    tell(person, 2)
    asked = []
    page.on("request", lambda request: asked.append(request.url))
    page.clock.fast_forward("03:00")
    page.wait_for_timeout(300)
    assert asked == []
    hide(page, False)
    page.evaluate("document.dispatchEvent(new Event('visibilitychange'))")
    expect(bell).to_have_accessible_name("Уведомления, 2 непрочитанных")


def test_a_notification_is_read_whole_and_opened_with_the_keyboard(page, person):
    tell(person, 1)
    page.goto("/inbox/")
    more = page.locator("summary", has_text="Читать целиком")
    more.focus()
    page.keyboard.press("Enter")
    expect(page.get_by_text("Свернуть")).to_be_visible()
    page.get_by_role("link", name="Поправить и отправить снова").focus()
    page.keyboard.press("Enter")
    page.wait_for_url("**/cabinet/")
    expect(page.locator("#bell")).to_have_accessible_name("Уведомления, непрочитанных нет")


def test_settings_with_a_mistake_keep_all_and_say_where(page, person):
    page.goto("/accounts/notifications/")
    hour = page.get_by_label("Час сводки")
    expect(hour).to_be_hidden()
    page.get_by_label("Раз в неделю одним письмом").check()
    hour.fill("19:45")
    page.get_by_label("Анкету одобрили: Почта").uncheck()
    page.get_by_label("Не беспокоить в тихие часы").check()
    page.get_by_label("Тихо с").fill("")
    page.get_by_role("button", name="Сохранить").click()
    expect(page.locator("[data-error-summary]")).to_be_focused()
    expect(hour).to_have_value("19:45")
    expect(page.get_by_label("Анкету одобрили: Почта")).not_to_be_checked()
    assert list(faults_of(page)) == []
    page.locator("[data-error-summary] a").first.click()
    expect(page.get_by_label("Тихо с")).to_be_focused()
    page.get_by_label("Тихо с").fill("23:00")
    page.get_by_label("Тихо до").fill("07:00")
    page.get_by_role("button", name="Сохранить").click()
    expect(page.get_by_text("Сохранили.")).to_be_visible()
    wishes = NotificationSettings.objects.get(user=person)
    assert (wishes.digest, f"{wishes.quiet_from:%H:%M}") == ("weekly", "23:00")
    assert "census_approved:email" in wishes.muted
