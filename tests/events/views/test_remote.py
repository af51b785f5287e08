"""Pages of calendars of other programs: what they show, what they keep, how many queries they cost."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from events.actions.connecting import connect
from events.actions.following import load_waiting
from events.choices import SourceState
from events.forms.remote import LinkForm
from events.models import Event, RemoteCalendar
from hub.fetching import Fault
from tests import factories as f
from tests.events.ics_files import vcalendar, vevent

pytestmark = pytest.mark.django_db


def signed_in(user):
    client = Client(headers={"accept-language": "ru"})
    client.force_login(user)
    return client


@pytest.fixture
def community():
    return f.approved().community


@pytest.fixture
def leader(community):
    return signed_in(community.stewardships.get().user)


@pytest.mark.parametrize("number", [1, 3])
def test_a_communitys_list_costs_the_same_however_long(number, community, leader, django_assert_num_queries):
    for turn in range(number):
        f.remote_calendar(community, url=f"http://127.0.0.1/{turn}.ics")
    with django_assert_num_queries(9):
        page = leader.get(reverse("remote-list", args=[community.slug]))
    assert page.content.decode().count('hub-remote" aria') == number


@pytest.mark.parametrize("number", [1, 3])
def test_the_branchs_list_costs_the_same_however_long(number, django_assert_num_queries):
    for turn in range(number):
        f.remote_calendar(url=f"http://127.0.0.1/{turn}.ics")
    client = signed_in(f.coordinator())
    with django_assert_num_queries(8):
        page = client.get(reverse("remote-health"))
    assert page.content.decode().count("Одобрить 1 событие") == number


@pytest.mark.parametrize("number", [1, 3])
def test_a_calendars_page_costs_the_same_however_much_it_has(
    number, community, leader, django_assert_num_queries
):
    file = vcalendar(*(vevent(f"{turn}@x", summary=f"Событие {turn}") for turn in range(number)))
    source = f.remote_calendar(community, file.decode())
    with django_assert_num_queries(11):
        page = leader.get(reverse("remote-detail", args=[source.pk]))
    assert page.content.decode().count("Скрыть") == number


def test_a_secret_address_is_shown_to_the_communitys_people_alone(community, leader):
    source = f.remote_calendar(community, url="https://calendar.example/private-canary/basic.ics")
    address = reverse("remote-detail", args=[source.pk])
    assert "private-canary" in leader.get(address).content.decode()
    boss = signed_in(f.coordinator()).get(address).content.decode()
    assert "private-canary" not in boss
    assert "calendar.example" in boss


def test_a_calendar_of_another_branch_is_not_there(community):
    kazan = f.BranchFactory(slug="kazan", name="Казань")
    source = f.remote_calendar(f.approved(community=f.CommunityFactory(branch=kazan)).community)
    boss = signed_in(f.coordinator())
    assert boss.get(reverse("remote-detail", args=[source.pk])).status_code == 404
    assert boss.post(reverse("remote-approve", args=[source.pk])).status_code == 404


def test_a_file_is_looked_at_and_taken(community, leader):
    file = SimpleUploadedFile("Клуб.ics", vcalendar(vevent(), vevent("b@x", **{"class": "PRIVATE"})))
    page = leader.post(
        reverse("remote-add", args=[community.slug]), {"do": "file", "file": file}, follow=True
    )
    text = page.content.decode()
    assert all(words in text for words in ("Клуб", "Прогулка", "отмечено как личное", "Взять события"))
    assert not Event.objects.exists()
    page = leader.post(page.redirect_chain[-1][0], follow=True)
    assert "Загружаем события…" in page.content.decode()
    assert not Event.objects.exists()
    load_waiting()
    assert "ушло на проверку" in leader.get(page.redirect_chain[-1][0]).content.decode()
    assert RemoteCalendar.objects.get().state == SourceState.FILES


def test_a_second_press_on_the_button_is_told_that_it_is_done(community, leader):
    for uid in ("walk@x", "tea@x"):
        file = SimpleUploadedFile("Клуб.ics", vcalendar(vevent(uid)))
        sent = {"do": "file", "file": file}
        looked_at = leader.post(reverse("remote-add", args=[community.slug]), sent)["Location"]
        leader.post(looked_at)
    page = leader.post(looked_at, follow=True)
    assert page.redirect_chain == [(reverse("cabinet"), 302)]
    assert "он уже подключён или отключён" in page.content.decode()
    assert leader.get(looked_at).status_code == 404


@pytest.mark.parametrize("action", ["remote-read", "remote-pause", "remote-confirm", "event-hide"])
def test_what_somebody_else_has_let_go_meanwhile(action, community, leader):
    source = f.remote_calendar(community)
    event = source.imported.get().event
    leader.post(reverse("remote-remove", args=[source.pk]), {"events": "keep"})
    page = leader.post(reverse(action, args=[event.pk if action == "event-hide" else source.pk]), follow=True)
    assert page.redirect_chain == [(reverse("cabinet"), 302)]
    assert "он уже подключён или отключён" in page.content.decode()


@pytest.mark.parametrize(
    ("name", "content", "words"),
    [
        ("a.ics", b"", "Файл пустой"),
        ("a.ics", b"<html></html>", "веб-страница"),
        ("a.jpg", b"\xff\xd8\xff\xe0", "Это не календарь"),
        ("a.ics", b"x" * (5 * 1024 * 1024 + 1), "больше 5 МБ"),
    ],
)
def test_files_that_are_none(name, content, words, community, leader):
    sent = {"do": "file", "file": SimpleUploadedFile(name, content)}
    page = leader.post(reverse("remote-add", args=[community.slug]), sent)
    assert words in page.content.decode()
    assert not RemoteCalendar.objects.exists()


def test_the_page_asks_until_the_events_are_in(community, leader):
    draft = f.looked_at(community, url="https://example.org/feed.ics")
    connect(draft, by=draft.added_by)
    address = reverse("remote-detail", args=[draft.pk])
    page = leader.get(address).content.decode()
    assert f'hx-get="{address}"' in page
    assert f'<noscript><p><a class="btn" href="{address}">' in page
    part = leader.get(address, headers={"hx-request": "true", "hx-target": "loading"}).content.decode()
    assert part.lstrip().startswith('<div class="hub-stack" id="loading"')
    load_waiting()
    done = leader.get(address, headers={"hx-request": "true", "hx-target": "loading"})
    assert (done.headers["HX-Redirect"], done.content) == (address, b"")
    assert "Прогулка из календаря" in leader.get(address).content.decode()


def test_what_could_not_be_brought_in_yet_is_said(community, leader):
    draft = f.looked_at(community, url="https://example.org/feed.ics")
    connect(draft, by=draft.added_by)
    RemoteCalendar.objects.update(error=Fault.BROKEN, next_try_at=timezone.now())
    page = leader.get(reverse("remote-detail", args=[draft.pk])).content.decode()
    assert "Загрузить пока не получилось" in page
    assert "Ничего не пропало" in page


def test_letting_go_asks_what_becomes_of_the_events(community, leader):
    source = f.remote_calendar(community)
    address = reverse("remote-remove", args=[source.pk])
    assert "Выберите, что сделать" in leader.post(address, {"events": ""}).content.decode()
    leader.post(address, {"events": "cancel"})
    assert Event.objects.get().is_cancelled
    assert not RemoteCalendar.objects.exists()


def test_much_that_is_gone_is_shown_with_one_button(community, leader):
    source = f.remote_calendar(community)
    RemoteCalendar.objects.update(state=SourceState.LOOK, content=vcalendar().decode())
    page = leader.get(reverse("remote-detail", args=[source.pk])).content.decode()
    assert "Прогулка из календаря" in page
    assert "Да, отменить 1 событие" in page
    leader.post(reverse("remote-confirm", args=[source.pk]))
    assert Event.objects.get().is_cancelled


def test_an_event_that_follows_a_source_is_not_opened_for_editing(community, leader):
    event = f.remote_calendar(community).imported.get().event
    answer = leader.get(reverse("event-edit", args=[event.pk]))
    assert answer.url == reverse("event-manage", args=[event.pk])


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("webcal://example.org/a.ics", "https://example.org/a.ics"),
        ("  example.org/a.ics ", "https://example.org/a.ics"),
        ("https://example.org/a.ics#today", "https://example.org/a.ics"),
        ("https://президент.рф/а.ics", "https://xn--d1abbgf6aiiy.xn--p1ai/%D0%B0.ics"),
        (
            "https://calendar.google.com/calendar/embed?src=club%40group.calendar.google.com&ctz=Europe%2FMoscow",
            "https://calendar.google.com/calendar/ical/club%40group.calendar.google.com/public/basic.ics",
        ),
    ],
)
def test_links_as_people_copy_them(typed, kept):
    form = LinkForm({"url": typed})
    assert form.is_valid(), form.errors
    assert form.cleaned_data["url"] == kept


_NONE = [
    "",
    "ftp://example.org/a",
    "https://a:b@example.org/",
    "javascript:alert(1)",
    "https://[::1",
    "x" * 2001,
]


@pytest.mark.parametrize("typed", _NONE)
def test_links_that_are_none(typed):
    assert not LinkForm({"url": typed}).is_valid()


def test_a_file_of_the_past_promises_nothing(community, leader):
    gone = vcalendar(vevent("old@x", ":20200110T100000Z", summary="Прошлое"))
    file = SimpleUploadedFile("old.ics", gone, "text/calendar")
    page = leader.post(
        reverse("remote-add", args=[community.slug]), {"do": "file", "file": file}, follow=True
    )
    said = page.content.decode()
    assert "Все события в этом файле уже прошли" in said
    assert ("Подключить его можно" in said, "Взять события" in said) == (False, False)
