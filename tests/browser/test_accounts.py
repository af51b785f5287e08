"""Signing up and the keys of sign-in, in a browser that has such a key."""

from __future__ import annotations

import pytest
from django.core.cache import cache
from playwright.sync_api import expect

from tests import factories as f
from tests.chromium import listen

pytestmark = pytest.mark.django_db(transaction=True)
PASSWORD = "длинный пароль 862"


@pytest.fixture
def phone(browser, live_server, settings):
    settings.DEMO = settings.MFA_WEBAUTHN_ALLOW_INSECURE_ORIGIN = True  # no letters leave, no https
    cache.clear()
    f.BranchFactory()
    # Keys belong to a name, not to a number: not 127.0.0.1.
    origin = live_server.url.replace("127.0.0.1", "localhost")
    context = browser.new_context(locale="ru-RU", viewport={"width": 360, "height": 760}, base_url=origin)
    context.set_default_timeout(15_000)
    yield context
    context.close()


@pytest.fixture
def page(phone):
    page = phone.new_page()
    page.faults = []
    listen(phone, page.faults)
    return page


def put_in_a_key(page, *, knows_the_person: bool = True) -> None:
    session = page.context.new_cdp_session(page)
    session.send("WebAuthn.enable")
    options = {
        "protocol": "ctap2",
        "transport": "internal",
        "hasResidentKey": True,
        "hasUserVerification": True,
    }
    options |= {"isUserVerified": knows_the_person, "automaticPresenceSimulation": True}
    session.send("WebAuthn.addVirtualAuthenticator", {"options": options})


def sign_out(page) -> None:
    page.goto("/accounts/logout/")
    page.get_by_role("button", name="Выйти").click()


def test_from_sign_up_to_signing_in_with_a_finger(page):
    put_in_a_key(page)
    page.goto("/accounts/signup/")
    page.get_by_label("Имя и фамилия").fill("Пётр Ёлкин")
    page.get_by_label("Адрес электронной почты").fill("petr@example.org")
    page.locator("#id_password1").fill(PASSWORD)
    page.get_by_role("button", name="Зарегистрироваться").click()
    # Without the consent nothing is done, and what was typed stays (but the password).
    expect(page.locator("[data-error-summary]")).to_be_focused()
    expect(page.get_by_label("Имя и фамилия")).to_have_value("Пётр Ёлкин")
    page.locator("#id_password1").fill(PASSWORD)
    page.get_by_label("Даю согласие").check()
    page.get_by_role("button", name="Зарегистрироваться").click()

    page.get_by_role("link", name="Прочитать письмо здесь").click()
    page.locator("main li a").click()
    page.locator("a[href*=confirm-email]").click()
    page.get_by_role("button", name="Подтвердить").click()
    page.wait_for_url("**/cabinet/")

    page.goto("/accounts/2fa/webauthn/add/")
    page.locator("#id_password").fill(PASSWORD)
    page.get_by_role("button", name="Продолжить").click()
    page.get_by_label("Название").fill("Мой телефон")
    page.get_by_label("Входить им без пароля").check()
    page.get_by_role("button", name="Добавить ключ").click()
    page.wait_for_url("**/accounts/2fa/recovery-codes/")

    sign_out(page)
    page.goto("/accounts/login/?next=/accounts/settings/")
    page.get_by_role("button", name="Войти по ключу").click()
    expect(page.get_by_role("heading", name="Настройки")).to_be_visible()

    sign_out(page)
    page.goto("/accounts/login/?next=/accounts/settings/")
    page.locator("#id_login").fill("petr@example.org")
    page.locator("#id_password").fill(PASSWORD)
    page.get_by_role("button", name="Войти", exact=True).click()
    page.get_by_role("button", name="Подтвердить ключом").click()
    expect(page.get_by_role("heading", name="Настройки")).to_be_visible()
    assert page.faults == []


def test_without_a_fitting_key_the_page_says_what_to_do(page):
    put_in_a_key(page, knows_the_person=False)
    page.goto("/accounts/login/")
    page.get_by_role("button", name="Войти по ключу").click()
    expect(page.get_by_role("alert").filter(has_text="выберите другой способ")).to_be_visible()
