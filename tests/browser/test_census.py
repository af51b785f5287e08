"""The questionnaire in a browser: it saves while one writes, and gives back what was not saved."""

from __future__ import annotations

import re

import pytest
from django.conf import settings
from django.contrib.sessions.models import Session
from django.test import Client
from django.urls import reverse
from playwright.sync_api import expect

from tests.factories import UserFactory, draft

pytestmark = pytest.mark.django_db(transaction=True)
SAVED = re.compile(r"сохранено \d\d:\d\d")


@pytest.fixture
def record():
    return draft(UserFactory(), name="")


@pytest.fixture
def phone(browser, live_server):
    context = browser.new_context(
        locale="ru-RU", viewport={"width": 360, "height": 760}, base_url=live_server.url
    )
    context.set_default_timeout(15_000)
    yield context
    context.close()


def sign_in(context, user, origin: str) -> str:
    client = Client()
    client.force_login(user)
    key = client.cookies[settings.SESSION_COOKIE_NAME].value
    context.add_cookies([{"name": settings.SESSION_COOKIE_NAME, "value": key, "url": origin}])
    return key


def open_step(context, record, step: str):
    page = context.new_page()
    page.goto(reverse("census-step", args=[record.pk, step]))
    return page


def test_two_tabs_merge_and_ask_about_the_same_answer(phone, live_server, record):
    sign_in(phone, record.community.stewardships.get().user, live_server.url)
    first, second = open_step(phone, record, "essence"), open_step(phone, record, "essence")
    first.fill("#id_name", "Из первой")
    expect(first.locator("[data-saved]")).to_have_text(SAVED)
    expect(first.locator("[data-preview] h2")).to_have_text("Из первой")
    second.fill("#id_short", "Из второй")
    expect(second.locator("[data-saved]")).to_have_text(SAVED)
    record.refresh_from_db()
    assert (record.name, record.short) == ("Из первой", "Из второй")
    second.fill("#id_name", "Спор")
    expect(second.locator("[data-stale]")).to_be_visible()
    second.locator("[data-stale] button").click()
    expect(second.get_by_role("heading", name="кто-то изменил")).to_be_visible()
    record.refresh_from_db()
    assert record.name == "Из первой"
    second.get_by_label("Оставить моё").check()
    second.get_by_role("button", name="Сохранить и выйти").last.click()
    second.wait_for_url("**" + reverse("cabinet"))
    record.refresh_from_db()
    assert record.name == "Спор"


def test_what_was_typed_after_the_session_ended_comes_back(phone, live_server, record):
    leader = record.community.stewardships.get().user
    key = sign_in(phone, leader, live_server.url)
    page = open_step(phone, record, "goals")
    Session.objects.filter(session_key=key).delete()
    page.fill("#id_dream", "Набрано без входа")
    expect(page.locator("[data-saved]")).to_contain_text("Текст сохранён в этом браузере")
    page.locator(".hub-formbar .btn-primary").click()
    page.wait_for_url("**/login/**")
    sign_in(phone, leader, live_server.url)
    page.goto(reverse("census-step", args=[record.pk, "goals"]))
    page.get_by_role("button", name="Вернуть набранное").click()
    expect(page.locator("[data-saved]")).to_have_text(SAVED)
    record.refresh_from_db()
    assert record.dream == "Набрано без входа"


def test_without_scripts_every_question_is_there(browser, live_server, record):
    context = browser.new_context(java_script_enabled=False, base_url=live_server.url)
    sign_in(context, record.community.stewardships.get().user, live_server.url)
    page = open_step(context, record, "meetings")
    for field in ("#id_place", "#id_premises_host", "#id_no_place"):
        expect(page.locator(field)).to_be_visible()
    page.fill("#id_place", "У фонтана")
    page.locator(".hub-formbar .btn-primary").click()
    page.wait_for_url("**/resources/")
    assert page.locator("input[name^=offers-][name$=-text]").count() == 3
    record.refresh_from_db()
    assert record.place == "У фонтана"
    context.close()


def test_who_signs_out_leaves_no_sent_answers_behind(phone, live_server, record):
    sign_in(phone, record.community.stewardships.get().user, live_server.url)
    page = phone.new_page()
    page.goto(f"{live_server.url}/cabinet/")
    page.evaluate(
        """() => {
          localStorage.setItem("census:1:1:contacts", JSON.stringify({ values: { contact_phone: ["1"] }, sent: true }));
          localStorage.setItem("census:1:1:people", JSON.stringify({ values: { participants: ["7"] } }));
        }"""
    )
    page.goto(f"{live_server.url}/accounts/logout/")
    page.locator("main form button").click()
    page.wait_for_url(f"{live_server.url}/")
    kept = page.evaluate("Object.keys(localStorage).filter(key => key.startsWith('census:'))")
    assert kept == ["census:1:1:people"]  # what the portal never got stays
