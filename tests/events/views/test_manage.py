"""Announcing: the form, its mistakes, the preview, edits and what came in between."""

from datetime import timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.utils import timezone

from events.actions.announcing import approve_event, publish
from events.models import Event, Venue
from hub.choices import State
from tests import factories as f
from tests.architecture.cast import picture
from tests.at_once import at_once
from tests.flows.visitor import Visitor

pytestmark = pytest.mark.django_db

DAY = f.SATURDAY.date()
ANSWERS = {
    "title": "Прогулка по Мацесте", "day": f"{DAY}", "start": "15:00", "end": "17:00", "repeats": "no", "is_free": "on",
}  # fmt: skip


@pytest.fixture
def community():
    return f.approved().community


@pytest.fixture
def leader(community):
    return community.stewardships.get().user


@pytest.fixture
def form(community, leader):
    return Visitor(leader).open(f"/cabinet/events/new/?community={community.slug}")


def test_an_announcement_is_looked_over_and_sent(form, leader):
    page = form.send(**ANSWERS, topics=["trails"], short="До водопадов")
    event = Event.objects.get()
    assert page.path == f"/cabinet/events/{event.pk}/publish/"
    assert page.sees(
        "Прогулка по Мацесте", "Суббота, 16 января 2027", "15:00 — 17:00", "Накладок", "обычно до"
    )
    assert (event.starts_at, event.state, event.created_by) == (f.SATURDAY, State.DRAFT, leader)
    page.send()
    event.refresh_from_db()
    assert (event.state, page.path) == (State.SUBMITTED, f"/cabinet/events/{event.pk}/")


def test_without_a_community_the_only_one_is_meant(community, leader):
    assert community.slug in Visitor(leader).open("/cabinet/events/new/").path
    other = f.approved(leader).community
    page = Visitor(leader).open("/cabinet/events/new/")
    assert page.sees("Какое сообщество", community.name, other.name)
    assert Visitor(f.UserFactory()).open("/cabinet/events/new/").sees("События объявляют сообщества")


@pytest.mark.parametrize(
    ("answers", "says"),
    [
        ({"title": None}, "Напишите, как называется"),
        ({"day": None}, "Укажите день"),
        ({"day": "2020-01-01"}, "уже прошёл"),
        ({"day": "2127-01-01"}, "больше чем через пять лет. Проверьте год."),
        ({"start": None}, "во сколько начинается"),
        ({"end": "14:00"}, "раньше, чем начинается"),
        ({"end_day": "2027-01-01"}, "Последний день раньше"),
        ({"end_day": "2027-06-01"}, "больше 62 дней"),
        ({"end_day": "2027-01-18", "end": None}, "Укажите, во сколько кончается"),
        ({"repeats": "weekly", "until": "2027-01-02"}, "Серия кончается раньше"),
        ({"repeats": "weekly", "until": "2027-02-02", "count": "3"}, "не то и другое"),
        ({"is_free": None}, "сколько стоит"),
        ({"venue_address": "Мацеста, 1"}, "Назовите площадку"),
        ({"venue_accessible": "on"}, "Назовите площадку"),
        ({"online_url": "не ссылка"}, "не похоже на адрес"),
    ],
)
def test_a_mistake_is_named_and_nothing_typed_is_lost(form, answers, says):
    page = form.send(**ANSWERS | {"short": "До водопадов"} | answers)
    assert page.sees(says, "Всё, что вы ввели, осталось в форме")
    assert "До водопадов" in page.html
    assert "data-error-summary" in page.html
    assert not Event.objects.exists()


@pytest.mark.parametrize(
    ("answers", "rrule", "dates"),
    [
        ({"repeats": "weekly", "count": "4"}, "FREQ=WEEKLY;COUNT=4", 4),
        ({"repeats": "biweekly", "until": "2027-03-01"}, "FREQ=WEEKLY;UNTIL=20270301T205959Z;INTERVAL=2", 4),
        ({"repeats": "monthly", "count": "3"}, "FREQ=MONTHLY;COUNT=3;BYDAY=3SA", 3),
        ({"repeats": "monthly_date", "count": "3"}, "FREQ=MONTHLY;COUNT=3;BYMONTHDAY=16", 3),
        ({"repeats": "daily", "count": "5"}, "FREQ=DAILY;COUNT=5", 5),
        ({"repeats": "weekly", "weekdays": ["SA", "TU"], "count": "6"}, "FREQ=WEEKLY;COUNT=6;BYDAY=TU,SA", 6),
    ],
)
def test_series(form, answers, rrule, dates):
    page = form.send(**ANSWERS | answers)
    event = Event.objects.get()
    assert (event.rrule, event.occurrences.count()) == (rrule, dates)
    # Saving it again as it stands changes nothing.
    page.open(f"/cabinet/events/{event.pk}/edit/").send()
    event.refresh_from_db()
    assert (event.rrule, event.sequence) == (rrule, 0)


def test_all_day_for_several_days(form):
    form.send(
        **ANSWERS | {"all_day": "on", "start": None, "end": None, "end_day": f"{DAY + timedelta(days=1)}"}
    )
    event = Event.objects.get()
    assert event.all_day
    assert event.ends_at - event.starts_at == timedelta(days=2)
    Visitor(event.created_by).open(f"/cabinet/events/{event.pk}/edit/").send()
    event.refresh_from_db()
    assert event.sequence == 0


def test_without_an_end_it_lasts_two_hours(form):
    form.send(**ANSWERS | {"end": None})
    assert Event.objects.get().ends_at == f.SATURDAY + timedelta(hours=2)


def test_a_new_venue_and_the_same_once_more(form, community, leader):
    form.send(
        **ANSWERS,
        venue_name="Дом учителя",
        venue_address="Навагинская, 3",
        venue_lat="43,58",
        venue_lng="39,72",
    )
    venue = Venue.objects.get()
    assert (venue.name, venue.address, venue.lat) == ("Дом учителя", "Навагинская, 3", 43.58)
    Visitor(leader).open(f"/cabinet/events/new/?community={community.slug}").send(
        **ANSWERS, venue_name="дом учителя"
    )
    assert {event.venue for event in Event.objects.all()} == {venue}


def test_a_new_venue_says_whether_a_wheelchair_gets_there(form, client):
    form.send(**ANSWERS, venue_name="Дом учителя", venue_accessible="on")
    event = Event.objects.get()
    assert event.venue.accessible
    approve_event(publish(event, by=event.created_by), by=f.coordinator())
    assert "Можно на коляске" in client.get(event.get_absolute_url()).content.decode()


def test_a_cover_goes_through_the_pipeline(form, leader):
    url = form.path
    client = Client()
    client.force_login(leader)
    answers = ANSWERS | {"cover": SimpleUploadedFile("афиша.png", picture())}
    client.post(url, answers)
    assert Event.objects.get().cover.content_type == "image/webp"
    refused = client.post(url, ANSWERS | {"cover": SimpleUploadedFile("афиша.png", b"\x89PNG cut")})
    assert "data-error-summary" in refused.content.decode()
    assert Event.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_a_double_click_makes_one_event(community, leader):
    page = Visitor(leader).open(f"/cabinet/events/new/?community={community.slug}")
    form = next(form for form in page.forms if "token" in form.fields)
    data = {
        name: values[-1] for name, values in form.fields.items() if name != "csrfmiddlewaretoken"
    } | ANSWERS

    def click():
        client = Client()
        client.force_login(leader)
        return client.post(page.path, data).status_code

    assert set(at_once(*[click] * 5)) == {302}
    assert Event.objects.count() == 1


def test_what_changed_meanwhile_is_shown_with_both_versions():
    event = f.published()
    leader = event.created_by
    mine, theirs = (Visitor(leader).open(f"/cabinet/events/{event.pk}/edit/") for _ in range(2))
    theirs.send(title="Прогулка к Змейковским водопадам")
    mine.send(title="Прогулка по Старой Мацесте")
    assert mine.sees(
        "Событие изменили, пока вы писали", "Прогулка к Змейковским водопадам", "Прогулка по Старой Мацесте"
    )
    event.refresh_from_db()
    assert event.title == "Прогулка к Змейковским водопадам"
    mine.send()
    event.refresh_from_db()
    assert event.title == "Прогулка по Старой Мацесте"


def test_a_trusted_community_is_told_that_it_publishes_at_once():
    event = f.event()
    f.e.TrustedOrganiser.objects.create(community=event.organisers.get().community, by=f.coordinator())
    page = Visitor(event.created_by).open(f"/cabinet/events/{event.pk}/publish/")
    assert page.sees("Вам доверяют")
    page.send()
    assert page.sees("уже в календаре")


def test_a_draft_can_be_thrown_away_but_not_what_was_sent():
    event = f.event()
    page = Visitor(event.created_by)
    page.open(f"/cabinet/events/{event.pk}/discard/").send()
    assert not Event.objects.exists()
    sent = f.published()
    Visitor(sent.created_by).open(f"/cabinet/events/{sent.pk}/discard/").send()
    assert Event.objects.filter(pk=sent.pk).exists()


def test_this_date_and_the_following():
    event = f.published(rrule="FREQ=WEEKLY;COUNT=6")
    third = event.occurrences.order_by("starts_at")[2]
    page = Visitor(event.created_by).open(f"/cabinet/events/{event.pk}/edit/?from={third.pk}")
    assert page.sees("С 30.01.2027 и дальше")
    page.send(start="11:00", end="13:00")
    rest = Event.objects.get(follows=event)
    assert (event.occurrences.count(), rest.occurrences.count()) == (2, 4)
    assert {timezone.localtime(row.starts_at).hour for row in rest.occurrences.all()} == {11}


def test_from_a_date_that_is_gone_nothing_is_changed_and_nothing_lost():
    event = f.published(rrule="FREQ=WEEKLY;COUNT=4")
    gone, second = event.occurrences.order_by("starts_at")[3], event.occurrences.order_by("starts_at")[1]
    address = f"/cabinet/events/{event.pk}/edit/"
    page = Visitor(event.created_by).open(f"{address}?from={gone.pk}")
    Visitor(event.created_by).open(address).send(count="3")
    for _time in range(2):
        page.send(title="Прогулка налегке")
        assert page.sees("Этой даты в серии больше нет", "Всё, что вы ввели, осталось в форме")
        assert 'value="Прогулка налегке"' in page.html
    assert list(Event.objects.values_list("title", flat=True)) == ["Прогулка по Мацесте"]
    # It may be sent from another date: first its answers are compared with what stands there now.
    assert f'formaction="{address}?from={second.pk}"' in page.html
    for form in page.forms:
        form.action = f"{address}?from={second.pk}" if "title" in form.fields else form.action
    page.send(f"?from={second.pk}")
    assert page.sees("Событие изменили, пока вы писали")
    page.send()
    assert Event.objects.get(follows=event).title == "Прогулка налегке"


@pytest.mark.parametrize("key", ["999999", "чепуха", "9" * 30])
def test_a_date_that_never_was_is_not_the_whole_series(key):
    event = f.published(rrule="FREQ=WEEKLY;COUNT=4")
    page = Visitor(event.created_by).open(f"/cabinet/events/{event.pk}/edit/?from={key}")
    assert page.path == f"/cabinet/events/{event.pk}/"
    assert page.sees("Этой даты в серии больше нет")


def test_a_series_goes_on_by_other_weekdays():
    event = f.published(rrule="FREQ=WEEKLY;COUNT=6")
    third = event.occurrences.order_by("starts_at")[2]
    page = Visitor(event.created_by).open(f"/cabinet/events/{event.pk}/edit/?from={third.pk}")
    page.send(weekdays=["TU", "TH"])
    rest = Event.objects.get(follows=event)
    days = [f"{timezone.localtime(row.starts_at):%d.%m}" for row in rest.occurrences.order_by("was_at")]
    assert days == ["02.02", "04.02", "09.02", "11.02"]
    assert event.occurrences.count() == 2


def test_ticked_weekdays_of_a_refused_form_stay_ticked(form):
    page = form.send(**ANSWERS | {"title": None, "repeats": "weekly", "weekdays": ["TU", "TH"]})
    assert page.sees("Напишите, как называется")
    page.send(title="Хор")
    assert Event.objects.get().rrule == "FREQ=WEEKLY;BYDAY=TU,TH"
    assert page.sees("Вторник, 19 января 2027", "Каждую неделю: вт и чт")


def test_clashes_are_looked_for_on_the_ticked_days(community, leader):
    thursday = f.published(title="Спевка", starts_at=f.SATURDAY + timedelta(days=5))
    client = Client()
    client.force_login(leader)
    asked = ANSWERS | {"venue": thursday.venue_id, "repeats": "weekly"}
    assert "Спевка" not in client.get("/cabinet/events/clashes/", asked).content.decode()
    asked["weekdays"] = ["TU", "TH"]
    assert "Спевка" in client.get("/cabinet/events/clashes/", asked).content.decode()


def test_a_refused_form_keeps_its_cover(community, leader):
    """The cover need not be chosen again; when it begins is missed together with the rest."""
    client = Client()
    client.force_login(leader)
    address = f"/cabinet/events/new/?community={community.slug}"
    cover = SimpleUploadedFile("афиша.png", picture())
    page = client.post(address, ANSWERS | {"title": "", "start": "", "cover": cover}).content.decode()
    assert all(
        words in page for words in ("Осталось поправить 2 места", "во сколько начинается", "афиша.png")
    )
    kept = page.partition('name="cover-kept" value="')[2].partition('"')[0]
    client.post(address, ANSWERS | {"cover-kept": kept})
    event = Event.objects.get()
    assert (event.cover.owner, event.cover.is_public) == (leader, True)


def test_when_it_begins_is_not_called_optional(form):
    label = form.html.partition('for="id_start">')[2].partition("</label>")[0]
    assert label == "Начало"


def test_whoever_names_no_venue_hears_who_is_busy_in_their_own_district(leader, community):
    """While a new event is typed, and while it is changed."""
    record = community.current
    record.district = f.DistrictFactory(slug="khosta", name="Хоста")
    record.save()
    other = f.approved(district=record.district).community
    f.published(other, title="Соседский двор", venue=None, topics=["music"])
    mine = f.event(community, venue=None, starts_at=f.SATURDAY + timedelta(days=1))
    said = {"day": "2027-01-16", "start": "15:00", "ages": "families"}
    client = Client()
    client.force_login(leader)
    for whose, heard in (
        ({"community": community.slug}, True),
        ({"event": mine.pk}, True),
        ({}, False),
        ({"community": "\x00"}, False),
    ):
        piece = client.get("/cabinet/events/clashes/", said | whose).content.decode()
        assert ("Соседский двор" in piece) == heard, whose
