"""The story of the registry in a browser: a leader's phone, a coordinator's keyboard, a stranger's search.

Told in the order in which it happens; each helper is one thing that a person does. Whatever a console says
on the way, or asks of a foreign host, is a fault; `test_census_to_kpi` tells the same story without scripts.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import pytest
from django.conf import settings
from django.test import Client
from django.urls import reverse
from playwright.sync_api import expect

from communities.actions.rounds import open_round
from communities.models import CensusRecord, Community
from hub.choices import RoleKind
from tests import factories as f
from tests.chromium import listen
from tests.flows.test_census_to_kpi import (
    EVIDENCE,
    PASSWORD,
    branch,  # noqa: F401
    letter_to,
    next_round,
)

pytestmark = pytest.mark.django_db(transaction=True)

PHONE = {"viewport": {"width": 360, "height": 740}, "has_touch": True}
DESK = {"viewport": {"width": 1280, "height": 800}}
PATIENCE = 30_000  # ms; the machine may be busy with other tests
EMAIL = "arthur@example.org"
NAME, SHORT = "Тропа 862", "Размечаем и чистим пешие тропы от Мацесты до Ахуна."
REASON = "Это закрытый двор. Укажите вход с улицы."
SAVED = re.compile(r"сохранено \d\d:\d\d")
# What was typed on this step lies in the browser until the portal has it.
NOTHING_UNSENT = (
    "() => !localStorage.getItem('census:' + document.querySelector('form[data-census]').dataset.census)"
)


@pytest.fixture
def faults() -> list[str]:
    return []


@pytest.fixture
def sit_down(browser, live_server, faults):
    """Open a browser for a person, signed in when there is a `user`; returns its page."""
    expect.set_options(timeout=PATIENCE)
    contexts = []

    def tiles_stay_away(route):
        url = route.request.url
        if url.startswith((live_server.url, "data:", "blob:")):
            return route.continue_()
        if not url.startswith(settings.MAP_TILE_URL.split("{")[0]):
            faults.append(f"left our host: {url}")
        return route.fulfill(status=204, body="")

    def sit_down(device, user=None):
        context = browser.new_context(
            locale="ru-RU", base_url=live_server.url, reduced_motion="reduce", **device
        )
        context.set_default_timeout(PATIENCE)
        context.route("**/*", tiles_stay_away)
        listen(context, faults)
        if user is not None:
            client = Client()
            client.force_login(user)
            key = client.cookies[settings.SESSION_COOKIE_NAME].value
            context.add_cookies(
                [{"name": settings.SESSION_COOKIE_NAME, "value": key, "url": live_server.url}]
            )
        contexts.append(context)
        return context.new_page()

    yield sit_down
    expect.set_options(timeout=5_000)
    for context in contexts:
        context.close()


# --- the leader, on a phone -------------------------------------------------------------------------------


def sign_up(phone: Any) -> None:
    phone.goto(reverse("account_signup"))
    phone.get_by_label("Имя и фамилия").fill("Артур Хачатрян")
    phone.get_by_label("Адрес электронной почты").fill(EMAIL)
    phone.locator("#id_password1").fill(PASSWORD)
    phone.get_by_label("Даю согласие").check()
    phone.get_by_role("button", name="Зарегистрироваться").tap()
    expect(phone.get_by_role("heading", level=1)).to_contain_text("почт")
    link = re.search(r"https?://[^/\s]+(/accounts/confirm-email/\S+)", letter_to(EMAIL))
    assert link
    phone.goto(link[1])
    phone.get_by_role("button", name="Подтвердить").tap()
    phone.wait_for_url("**" + reverse("cabinet"))


def saved_by_itself(phone: Any) -> None:
    """The portal has all that was typed, and says so."""
    phone.wait_for_function(NOTHING_UNSENT)
    expect(phone.locator("[data-saved]")).to_be_visible()
    expect(phone.locator("[data-saved]")).to_have_text(SAVED)


def go_on(phone: Any, step: str) -> None:
    phone.get_by_role("button", name="Продолжить").and_(phone.locator(".btn-primary")).tap()
    phone.wait_for_url(f"**/{step}/")


def register(phone: Any) -> int:
    """The steps, and a break in the middle of the first; returns the record's key."""
    phone.locator("#main").get_by_role("link", name="Зарегистрировать сообщество").tap()
    phone.get_by_role("button", name="Начать анкету").tap()
    phone.wait_for_url("**/essence/")

    phone.get_by_label("Как вы называетесь?").press_sequentially(NAME)
    phone.get_by_label("Чем вы заняты?").fill(SHORT)
    saved_by_itself(phone)
    phone.reload()
    expect(phone.get_by_label("Как вы называетесь?")).to_have_value(NAME)
    expect(phone.get_by_label("Чем вы заняты?")).to_have_value(SHORT)
    expect(phone.locator("[data-restore]")).to_be_hidden()
    phone.locator("input[name=directions_main][value=place]").check()
    go_on(phone, "people")

    phone.get_by_label("Сколько участников?").fill("140")
    phone.get_by_label("Сколько человек в ядре?").fill("12")
    phone.get_by_label("Просто прийти").check()
    go_on(phone, "meetings")

    phone.get_by_label("Вживую").check()
    phone.get_by_label("Расписание словами").fill("по субботам, 9:00")
    phone.get_by_label("Район").select_option("Хостинский")
    phone.get_by_label("Где обычно собираетесь?").fill("Закрытый двор за остановкой")
    set_the_pin(phone)
    saved_by_itself(phone)
    phone.reload()
    expect(phone.get_by_label("Где обычно собираетесь?")).to_have_value("Закрытый двор за остановкой")
    expect(phone.locator("#pin-map .leaflet-marker-icon")).to_have_count(1)
    go_on(phone, "resources")

    phone.get_by_label("Что это, строка 1").first.select_option("equipment")
    phone.get_by_label("Подробнее, строка 1").first.fill("Инструмент на 15 человек")
    go_on(phone, "goals")
    phone.get_by_label("Цели на этот год").fill("Проложить тропу к Ахуну")
    go_on(phone, "contacts")
    phone.get_by_label("Телефон", exact=False).first.fill("+7 900 000-12-34")
    go_on(phone, "check")
    return CensusRecord.objects.get().pk


def set_the_pin(phone: Any) -> None:
    box = phone.locator("#pin-map.leaflet-container")
    box.scroll_into_view_if_needed()
    expect(box.locator(".leaflet-marker-icon")).to_have_count(0)
    box.tap(position={"x": 120, "y": 70})
    expect(box.locator(".leaflet-marker-icon")).to_have_count(1)
    expect(phone.locator("#id_lat")).to_have_value(re.compile(r"^\d+\.\d+$"))


def submit(phone: Any) -> None:
    phone.get_by_role("button", name="Отправить").tap()
    expect(phone.get_by_text("Анкета отправлена")).to_be_visible()


def mend_the_place(phone: Any) -> None:
    """The cabinet leads to the field; the reason stands there."""
    phone.goto(reverse("cabinet"))
    phone.get_by_role("link", name="Поправьте 1 место в анкете").tap()
    phone.wait_for_url("**/meetings/**")
    reason = phone.locator("#reason-place")
    expect(reason).to_be_visible()
    expect(reason).to_contain_text(REASON)
    phone.get_by_label("Где обычно собираетесь?").fill("Остановка «Мацеста»")
    saved_by_itself(phone)
    phone.reload()
    expect(reason).to_contain_text("Поправлено")
    phone.goto(reverse("census-check", args=[CensusRecord.objects.in_work().get().pk]))
    submit(phone)


def edit(phone: Any, short: str) -> None:
    phone.goto(reverse("cabinet"))
    phone.get_by_role("button", name="Изменить анкету").tap()
    phone.wait_for_url("**/cabinet/records/**")
    record = CensusRecord.objects.in_work().get()
    phone.goto(reverse("census-step", args=[record.pk, "essence"]))
    phone.get_by_label("Чем вы заняты?").fill(short)
    saved_by_itself(phone)
    phone.goto(reverse("census-check", args=[record.pk]))
    submit(phone)


def nothing_changed(phone: Any) -> None:
    phone.goto(reverse("cabinet"))
    phone.get_by_role("button", name="Ничего не изменилось").tap()
    expect(phone.get_by_text("Спасибо! Анкета подтверждена")).to_be_visible()


# --- the coordinator, at a keyboard -----------------------------------------------------------------------


def open_the_queue(desk: Any) -> None:
    desk.goto(reverse("review-queue"))
    expect(desk.locator(".hub-queue__item")).to_have_count(1)
    desk.keyboard.press("Enter")
    desk.wait_for_url("**/queue/records/**")
    expect(desk.locator("#rec")).to_have_text(NAME)
    expect(desk.locator("#similar a")).to_have_count(0)  # what is looked for apart has come


def give_back(desk: Any) -> None:
    open_the_queue(desk)
    row = desk.locator("[data-diff-row]").filter(has=desk.locator("#place-reason"))
    row.locator(".hub-tick--no").click()
    reason = row.get_by_label("Что поправить")
    expect(reason).to_be_focused()
    desk.keyboard.type("Это закрытый двор. Укажите ")  # typing «a» or «r» here decides nothing
    with desk.expect_response(lambda told: told.ok and "place" in told.url and REASON in said(told)):
        desk.keyboard.type("вход с улицы.")
        desk.keyboard.press("Tab")
    expect(desk.get_by_role("button", name="Вернуть (1)")).to_be_visible()
    desk.keyboard.press("r")
    expect(desk.get_by_text("вернули с причинами")).to_be_visible()
    expect(desk.get_by_text("Очередь пуста")).to_be_visible()


def said(told: Any) -> str:
    return (told.request.post_data_json or {}).get("place-reason", "")


def approve(desk: Any, *mended: str) -> None:
    open_the_queue(desk)
    for field in mended:
        row = desk.locator("[data-diff-row]").filter(has=desk.locator(f"#{field}-reason"))
        expect(row.get_by_text("исправлено")).to_be_visible()
        row.locator(".hub-tick--yes").click()
        expect(desk.get_by_role("button", name="Вернуть (0)")).to_be_visible()
    desk.keyboard.press("a")
    expect(desk.get_by_text(f"{NAME}: одобрено.")).to_be_visible()


# --- the city ---------------------------------------------------------------------------------------------


def found_by_a_typo(stranger: Any) -> None:
    stranger.goto(reverse("community-list"))
    stranger.get_by_label("Поиск сообществ").fill("трапа")
    stranger.keyboard.press("Enter")
    expect(stranger.locator("[data-found]")).to_have_text("Нашлось: 1 сообщество")
    expect(stranger.locator("#results").get_by_role("link", name=NAME)).to_be_visible()
    expect(stranger.get_by_text("Показаны результаты по запросу")).to_be_visible()


def on_the_map(stranger: Any) -> None:
    stranger.goto(reverse("community-list") + "?view=map")
    expect(stranger.locator("#results").get_by_role("link", name=NAME)).to_be_visible()
    expect(stranger.locator("#map").get_by_role("button", name=NAME)).to_be_visible()


def in_the_open_data(stranger: Any) -> None:
    answer = stranger.request.get("/api/v1/communities/")
    assert [community["name"] for community in answer.json()["results"]] == [NAME]


def sees_the_words(stranger: Any, page: str, words: str) -> None:
    stranger.goto(page)
    expect(stranger.get_by_role("heading", level=1)).to_have_text(NAME)
    expect(stranger.locator(".hub-lead")).to_have_text(words)


# --- the administration -----------------------------------------------------------------------------------


def figure(official: Any, number: int) -> None:
    """The dashboard shows `number`; a click on it lists as many rows."""
    official.goto(reverse("kpi-dashboard"))
    tile = official.locator("a.hub-kpi").first
    expect(tile.locator(".hub-kpi__val")).to_have_text(f"{number} из 100")
    tile.click()
    official.wait_for_url("**" + EVIDENCE)
    rows = official.locator(".kpi-rows th[scope=row]")
    expect(rows).to_have_count(number)
    if number:
        expect(rows).to_have_text(re.compile(NAME))


def test_from_sign_up_to_the_yearly_round(
    branch,  # noqa: F811
    sit_down: Callable[..., Any],
    faults: list[str],
):
    marina = f.coordinator(branch, name="Марина Гегечкори")
    phone, desk, stranger = sit_down(PHONE), sit_down(DESK, marina), sit_down(DESK)
    official = sit_down(DESK, f.staff(RoleKind.ADMINISTRATION, branch))

    # A leader signs up and tells of the community; the coordinator returns one answer; it is mended.
    sign_up(phone)
    register(phone)
    submit(phone)
    figure(official, 0)
    give_back(desk)
    assert REASON in letter_to(EMAIL)
    mend_the_place(phone)

    # Approved: the city finds it everywhere, and the figure counts it.
    approve(desk, "place")
    page = Community.objects.get().get_absolute_url()
    found_by_a_typo(stranger)
    on_the_map(stranger)
    in_the_open_data(stranger)
    sees_the_words(stranger, page, SHORT)
    figure(official, 1)

    # An edit waits; the city stays with what was approved until it is decided.
    edit(phone, "Совсем другие слова.")
    sees_the_words(stranger, page, SHORT)
    approve(desk)
    sees_the_words(stranger, page, "Совсем другие слова.")

    # A year later one tap confirms it all.
    this_year = next_round(branch)
    open_round(this_year, by=marina)
    figure(official, 0)
    nothing_changed(phone)
    figure(official, 1)
    assert CensusRecord.objects.get(round=this_year).confirms is not None
    assert faults == []
