"""The page of an event for its organisers: dates, other communities, calling off."""

from functools import partial

import pytest
from django.test import Client
from django.utils import timezone

from events.actions.announcing import invite_organiser
from events.choices import OrganiserState
from hub.models import Notification
from tests import factories as f
from tests.at_once import at_once
from tests.flows.visitor import Visitor

pytestmark = pytest.mark.django_db


@pytest.fixture
def series():
    return f.published(rrule="FREQ=WEEKLY;COUNT=4")


@pytest.fixture
def page(series):
    return Visitor(series.created_by).open(f"/cabinet/events/{series.pk}/")


def date(series, number):
    return series.occurrences.order_by("was_at")[number]


def test_one_date_is_called_off_and_the_rest_stays(series, page):
    second = date(series, 1)
    page.open(f"/cabinet/events/{series.pk}/dates/{second.pk}/")
    page.send(press=("do", "cancel"), note="Зал закрыт")
    assert page.sees("отменено: Зал закрыт")
    assert series.occurrences.alive().count() == 3


def test_a_moved_date_keeps_its_length_and_says_when_it_was(series, page):
    second = date(series, 1)
    page.open(f"/cabinet/events/{series.pk}/dates/{second.pk}/")
    page.send(press=("do", "move"), day="2027-01-24", start="12:00", end=None, note="")
    second.refresh_from_db()
    assert f"{timezone.localtime(second.starts_at):%d.%m %H:%M}" == "24.01 12:00"
    assert second.ends_at - second.starts_at == series.ends_at - series.starts_at
    assert page.sees("перенесено с 23.01.2027, 15:00")


def test_a_moved_date_cannot_end_before_it_begins(series, page):
    second = date(series, 1)
    page.open(f"/cabinet/events/{series.pk}/dates/{second.pk}/").send(press=("do", "move"), end="11:00")
    assert page.sees("Событие кончается раньше, чем начинается")
    second.refresh_from_db()
    assert not second.is_moved


def test_a_date_of_another_event_is_not_there(series, page):
    other = f.published(title="Чужое")
    page.open(f"/cabinet/events/{series.pk}/dates/{other.occurrences.get().pk}/", status=404)


def test_calling_off_needs_a_reason_and_can_be_taken_back(series, page):
    page.send("/cancel/")
    assert page.sees("Напишите, почему")
    page.send("/cancel/", reason="Нет зала")
    series.refresh_from_db()
    assert series.is_cancelled
    assert page.sees("Событие отменено", "Нет зала")
    page.send("/reinstate/")
    series.refresh_from_db()
    assert not series.is_cancelled


def test_one_date_that_was_called_off_can_be_taken_back(series, page):
    second = date(series, 1)
    page.open(f"/cabinet/events/{series.pk}/dates/{second.pk}/").send(press=("do", "cancel"), note="Нет зала")
    assert page.sees("отменено", "Нет зала")
    assert page.open(f"/cabinet/events/{series.pk}/dates/{second.pk}/").sees("Эта дата отменена", "Нет зала")
    page.open(f"/cabinet/events/{series.pk}/").send(f"/dates/{second.pk}/", press=("do", "reinstate"))
    assert page.sees("эта дата снова в силе")
    second.refresh_from_db()
    assert (second.cancelled_at, second.note) == (None, "")


def test_a_community_is_found_asked_once_and_told(series, page):
    readers = f.approved(name="Кудепста читает").community
    page.open(f"/cabinet/events/{series.pk}/?q=кудепста")
    page.send("/invite/", press=("community", readers.slug))
    assert page.sees("Кудепста читает", "Приглашено")
    assert not page.open(f"/cabinet/events/{series.pk}/?q=кудепста").sees("Пригласить: Кудепста")
    page.client.handler.enforce_csrf_checks = False
    page.client.post(f"/cabinet/events/{series.pk}/organisers/invite/", {"community": readers.slug})
    told = Notification.objects.get(kind="event_invited")
    assert told.user == readers.stewardships.get().user
    assert series.organisers.count() == 2


def test_the_invited_may_decline_and_the_last_organiser_stays(series, page):
    guest = f.approved().community
    invitation = invite_organiser(series, guest, by=series.created_by)
    theirs = Visitor(guest.stewardships.get().user).open(f"/cabinet/events/invitations/{invitation.pk}/")
    assert theirs.sees(series.title, "зовут провести")
    theirs.send(press=("do", "decline"))
    invitation.refresh_from_db()
    assert invitation.state == OrganiserState.DECLINED
    # The page of before, still open: its button is refused.
    page.client.handler.enforce_csrf_checks = False
    page.client.post(f"/cabinet/events/{series.pk}/organisers/{series.organisers.first().pk}/remove/")
    assert page.open(f"/cabinet/events/{series.pk}/").sees("единственный организатор")
    assert series.organisers.filter(state=OrganiserState.ACCEPTED).count() == 1


@pytest.mark.django_db(transaction=True)
def test_an_invitation_is_answered_once(series):
    guest = f.approved().community
    invitation = invite_organiser(series, guest, by=series.created_by)
    people = [guest.stewardships.get().user]
    people += [f.StewardshipFactory(community=guest, role="co_leader").user for _ in range(3)]

    def answer(person):
        client = Client()
        client.force_login(person)
        return client.post(f"/cabinet/events/invitations/{invitation.pk}/", {"do": "accept"}).status_code

    assert set(at_once(*(partial(answer, person) for person in people))) == {302}
    assert Notification.objects.filter(kind="event_answered", user=series.created_by).count() == 1


@pytest.mark.parametrize("rows", [1, 3])
def test_queries_do_not_depend_on_organisers(series, client, django_assert_num_queries, rows):
    for _each in range(rows):
        invite_organiser(series, f.approved().community, by=series.created_by)
    client.force_login(series.created_by)
    client.get(f"/cabinet/events/{series.pk}/")
    with django_assert_num_queries(11):
        client.get(f"/cabinet/events/{series.pk}/")


def test_before_a_date_is_changed_the_page_says_who_will_be_written_to():
    event = f.opened(2, rrule="FREQ=WEEKLY;COUNT=2")
    for _ in range(3):
        f.registration(event)
    first, second = event.occurrences.order_by("was_at")
    page = Visitor(event.created_by).open(f"/cabinet/events/{event.pk}/dates/{first.pk}/")
    assert page.sees("На эту дату записано 3 человек", "каждому сразу придёт письмо")
    assert not page.open(f"/cabinet/events/{event.pk}/dates/{second.pk}/").sees("придёт письмо")
    page.open(f"/cabinet/events/{event.pk}/")
    assert page.sees("записались 2 из 2")
    assert f"/registrations/?date={first.pk}" in page.html


def test_the_only_one_who_holds_it_cannot_be_taken_off_by_a_button(series, page):
    assert not page.sees("Убрать")
    invited = f.approved().community
    invite_organiser(series, invited, by=series.created_by)
    series.organisers.filter(community=invited).update(state=OrganiserState.ACCEPTED)
    page.open(page.path)
    assert page.text.count("Убрать") == 2


def test_dates_of_a_draft_are_taken_out_and_put_back():
    draft = f.event(rrule="FREQ=WEEKLY;COUNT=5")
    page = Visitor(draft.created_by).open(f"/cabinet/events/{draft.pk}/publish/")
    assert page.sees("Какой-то из дат не будет?")
    page.open(f"/cabinet/events/{draft.pk}/")
    assert not page.sees("Перенести или отменить")
    page.send("/leave-out/", press=("since", "2027-01-16"))
    assert page.sees("Убрали 1 дату", "Убраны: их никто не увидит", "Суббота, 23 января 2027")
    page.client.handler.enforce_csrf_checks = False
    address = f"/cabinet/events/{draft.pk}/dates/leave-out/"
    page.client.post(address, {"since": "2027-01-23", "until": "2027-01-31"})
    assert page.open(f"/cabinet/events/{draft.pk}/").sees("Убрали 2 даты", "30 января 2027")
    assert not page.sees("отменено")
    assert draft.occurrences.count() == 2
    page.client.post(address, {"since": "2027-01-16", "do": "back"})
    assert page.open(f"/cabinet/events/{draft.pk}/").sees("Вернули 1 дату")
    assert draft.occurrences.count() == 3


def test_days_that_make_no_sense_are_named():
    draft = f.event(rrule="FREQ=WEEKLY;COUNT=5")
    page = Visitor(draft.created_by).open(f"/cabinet/events/{draft.pk}/")
    page.client.handler.enforce_csrf_checks = False
    address = f"/cabinet/events/{draft.pk}/dates/leave-out/"
    for said, words in (
        ({}, "Укажите день"),
        ({"since": "2027-01-30", "until": "2027-01-23"}, "Последний день раньше первого"),
        ({"since": "30 февраля"}, "Такого дня нет"),
        ({"since": "2027-03-01"}, "В эти дни дат нет"),
        ({"since": "2027-01-01", "until": "2028-01-01"}, "не останется ни одной даты"),
    ):
        assert words in page.client.post(address, said, follow=True).content.decode(), words
    assert draft.occurrences.count() == 5


def test_one_date_of_a_draft_is_taken_out_and_of_a_published_one_called_off(series):
    draft = f.event(rrule="FREQ=WEEKLY;COUNT=5")
    page = Visitor(draft.created_by).open(f"/cabinet/events/{draft.pk}/dates/{date(draft, 1).pk}/")
    assert page.sees("Убрать эту дату")
    assert not page.sees("Отменить эту дату")
    page.send("/leave-out/", press=("since", "2027-01-23"))
    assert draft.occurrences.count() == 4
    page = Visitor(series.created_by).open(f"/cabinet/events/{series.pk}/dates/{date(series, 1).pk}/")
    assert page.sees("Отменить эту дату")
    assert not page.sees("Убрать эту дату")


def test_one_date_gets_another_place_and_goes_back_to_that_of_the_rest(series, page):
    second, hall = date(series, 1), f.VenueFactory(name="Дом культуры")
    form = f"/cabinet/events/{series.pk}/dates/{second.pk}/"
    page.open(form).send(press=("do", "move"), venue=str(hall.pk), place="вход со двора")
    assert page.sees("Сохранено", "Дом культуры, вход со двора")
    assert not page.sees("перенесено с")
    second.refresh_from_db()
    assert (second.place, second.venue, second.is_moved) == ("Дом культуры, вход со двора", hall, False)
    # Sent again as it stands it stays so.
    page.open(form).send(press=("do", "move"), note="Ремонт")
    assert page.sees("Дом культуры, вход со двора", "Ремонт")
    page.open(form).send(press=("do", "move"), venue=str(series.venue_id), place="")
    second.refresh_from_db()
    assert (second.own_place, second.venue) == (None, series.venue)


def test_a_venue_of_another_city_is_no_place_for_a_date(series, page):
    far = f.VenueFactory(name="Чужой зал", branch=f.BranchFactory(slug="anapa"))
    second = date(series, 1)
    page.open(f"/cabinet/events/{series.pk}/dates/{second.pk}/")
    assert not page.sees("Чужой зал")
    page.send(press=("do", "move"), venue=str(far.pk))
    assert page.path.endswith(f"/dates/{second.pk}/")
    second.refresh_from_db()
    assert second.own_place is None
