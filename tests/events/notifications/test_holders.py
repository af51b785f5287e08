"""What holders and helpers of an event hear: of which changes, each once, silent to whoever made them; the day before."""

from copy import copy
from datetime import timedelta

import pytest
from django.db import connection
from django.db.models.functions import Now
from django.utils import timezone

from communities.choices import StewardRole
from events.actions.announcing import (
    answer_invitation,
    edit_event,
    invite_organiser,
    publish,
    remove_organiser,
)
from events.actions.changing import (
    cancel_event,
    cancel_occurrence,
    edit_following,
    move_occurrence,
    reinstate_occurrence,
)
from events.actions.edits import return_edit
from events.actions.horizon import roll_horizon
from events.choices import Offer
from events.models import Event, Occurrence
from hub.models import Notification, NotificationSettings
from hub.outbox.kinds import kind_of
from hub.outbox.letters import words_of
from hub.outbox.reminders import REMINDERS, scan
from tests import factories as f

pytestmark = pytest.mark.django_db
HOUR, DAY, WEEK = timedelta(hours=1), timedelta(days=1), timedelta(days=7)


@pytest.fixture
def other():
    return f.UserFactory()


def told(kind, user=None):
    rows = Notification.objects.filter(kind=kind).order_by("pk")
    return list(rows.filter(user=user) if user else rows)


def text(notification):
    return words_of(notification).text


def edit(event, by, **answers):
    event.refresh_from_db()
    return edit_event(event, answers, seen=event.sequence, by=by)


def nth(event, number):
    return event.occurrences.order_by("was_at")[number]


def together(event):
    """Another community that holds the event, too; its leader."""
    community = f.approved().community
    leader = community.stewardships.get().user
    answer_invitation(invite_organiser(event, community, by=event.created_by), True, by=leader)
    return leader


# --- of what ---------------------------------------------------------------------------------------


def test_a_date_off_and_on_again_each_once(other):
    event = f.published(rrule="FREQ=WEEKLY;COUNT=3")
    for _ in range(2):
        cancel_occurrence(nth(event, 1), note="Праздник", by=other)
    for _ in range(2):
        reinstate_occurrence(nth(event, 1), by=other)
    [off], [on] = told("event_off"), told("event_on")
    assert (off.user, off.subject) == (
        event.created_by,
        "Не состоится: Прогулка по Мацесте, 23.01.2027, 15:00",
    )
    assert "23.01.2027, 15:00\n\nПочему: Праздник\n" in text(off)
    assert on.context["dates"] == ["23.01.2027, 15:00"]
    assert kind_of("event_off").needs_act  # no digest hides it


def test_a_single_event_without_guests_moves_and_says_when_it_was(other):
    event = f.published()
    key = event.occurrences.get().pk
    edit(event, other, starts_at=f.SATURDAY + DAY, ends_at=f.SATURDAY + DAY + HOUR)
    [moved] = told("event_moved")
    assert "было 16.01.2027, 15:00, теперь 17.01.2027, 15:00" in text(moved)
    assert told("event_off") == []
    assert event.occurrences.get().pk == key


def test_another_place_another_link_and_no_other_words(other):
    event = f.published()
    edit(event, other, description="Теперь с чаем", ends_at=event.ends_at + HOUR)
    assert told("event_moved") == []
    edit(event, other, place="второй этаж")
    edit(event, other, venue=None, place="", online_url="https://example.org/live")
    edit(event, other, online_url="https://example.org/other")
    first, second, third = map(text, told("event_moved"))
    assert "теперь здесь: Библиотека имени Пушкина, второй этаж" in first
    assert "теперь онлайн: https://example.org/live\n" in second
    assert "новая ссылка: https://example.org/other\n" in third


def test_dates_that_a_shorter_rule_has_no_more_are_off(other):
    event = f.published(rrule="FREQ=WEEKLY;COUNT=14")
    edit(event, other, rrule="FREQ=WEEKLY;COUNT=2")
    [off] = told("event_off")
    assert off.context["dates"][0] == "30.01.2027, 15:00"
    assert "и ещё 2" in text(off)
    assert told("event_moved") == []


def test_from_a_date_on_is_told_once(other):
    event = f.published(rrule="FREQ=WEEKLY;COUNT=4")
    at = f.SATURDAY + 2 * WEEK + HOUR
    rest = edit_following(nth(event, 2), {"starts_at": at, "ends_at": at + HOUR}, seen=0, by=other)
    [moved] = told("event_moved")
    assert [move["now"] for move in moved.context["moves"]] == ["30.01.2027, 16:00", "06.02.2027, 16:00"]
    assert moved.path == f"/cabinet/events/{rest.pk}/"
    assert (told("event_off"), told("event_on")) == ([], [])


def test_what_is_over_is_no_news(other):
    event = f.published(starts_at=timezone.now() - 3 * DAY, ends_at=timezone.now() - 3 * DAY + HOUR)
    cancel_event(event, reason="Не было", by=other)
    assert told("event_off") == []


def test_nobody_hears_of_a_draft_or_of_the_horizon(other):
    draft = f.event(rrule="FREQ=WEEKLY")
    edit(draft, other, starts_at=f.SATURDAY + DAY, ends_at=f.SATURDAY + DAY + HOUR)
    publish(draft, by=draft.created_by)
    Occurrence.objects.update(starts_at=Now() + DAY, ends_at=Now() + 2 * DAY)
    assert roll_horizon() == 1
    assert told("event_moved") == []


# --- to whom ---------------------------------------------------------------------------------------


def test_everybody_of_the_holders_but_the_one_who_acts():
    event = f.published()
    leader, author = together(event), event.created_by
    co_leader, editor = f.UserFactory(), f.UserFactory()
    community = event.organisers.first().community
    f.StewardshipFactory(community=community, user=co_leader, role=StewardRole.CO_LEADER)
    f.StewardshipFactory(community=community, user=editor, role=StewardRole.EDITOR)
    asked = f.approved().community
    invite_organiser(event, asked, by=author)
    cancel_event(event, reason="Шторм", by=leader)
    assert {note.user for note in told("event_off")} == {author, co_leader}


def test_a_holder_who_comes_as_a_guest_gets_one_letter_and_needs_no_old_reminder(other):
    event = f.opened()
    leader = together(event)
    place, guest = f.registration(event, leader), f.registration(event)
    knew = place.knows_since
    date = event.occurrences.get()
    move_occurrence(date, date.starts_at + DAY, date.ends_at + DAY, by=other)
    heard = Notification.objects.filter(kind__endswith="_moved")
    assert sorted(heard.values_list("kind", "user")) == sorted([
        ("event_moved", event.created_by_id), ("event_moved", leader.pk), ("registration_moved", guest.user_id),
    ])  # fmt: skip
    place.refresh_from_db()
    assert place.knows_since > knew


def test_helpers_whose_offer_stands_and_nobody_elses(other):
    event = f.state_event(title="Субботник")
    offered, accepted = f.support(event), f.accepted(event)
    f.support(event, offer=Offer.WITHDRAWN)
    f.accepted(event, offer=Offer.DECLINED)
    f.support(f.state_event(title="Другое"))
    # Whoever helps with two communities reads of it once, and so does a helper who holds it.
    both = f.approved(accepted.offered_by).community
    f.support(event, both)
    cancel_event(event, reason="Шторм", by=other)
    notes = told("event_off")
    assert [note.user for note in notes if note.context["helps"]] == [offered.offered_by, accepted.offered_by]
    assert [note.user for note in notes if not note.context["helps"]] == [event.created_by]
    assert "«Субботник», которому помогает ваше сообщество" in text(notes[-1])


def test_who_helps_a_series_hears_of_what_goes_on_from_it(other):
    event = f.state_event(rrule="FREQ=WEEKLY;COUNT=6")
    helper = f.accepted(event).offered_by
    rest = edit_following(nth(event, 2), {"title": "Дальше"}, seen=0, by=other)
    last = edit_following(nth(rest, 2), {"title": "Ещё дальше"}, seen=rest.sequence, by=other)
    cancel_event(last, reason="Шторм", by=other)
    assert len(told("event_off", helper)) == 1


def test_words_put_back_are_told_once_and_helpers_read_of_the_place():
    event = f.state_event(place="Парк")
    helper, official = f.accepted(event).offered_by, event.created_by
    changed = edit(event, official, place="Площадь")
    return_edit(event.edits.get(), reason="Площадь занята", seen=changed.sequence, by=f.coordinator())
    places = [note.context["moves"][0]["place"] for note in told("event_moved", helper)]
    assert places == ["Площадь", "Парк"]
    assert [note.user for note in told("event_put_back")] == [official]
    assert told("event_moved", official) == []


@pytest.mark.parametrize("dates", [1, 3])
def test_queries_do_not_grow_with_dates_or_helpers(dates, other, django_assert_max_num_queries):
    event = f.state_event(rrule=f"FREQ=WEEKLY;COUNT={dates + 1}")
    for _ in range(dates):
        f.accepted(event)
    with django_assert_max_num_queries(25):
        cancel_event(event, reason="Шторм", by=other)
    assert len(told("event_off")) == dates + 1


def test_each_kind_can_be_switched_off_by_itself(other):
    event = f.published()
    NotificationSettings.objects.create(user=event.created_by, muted=["event_moved:email"])
    wishes = event.created_by.notification_settings
    assert wishes.mutes("event_moved", "email")
    assert not wishes.mutes("event_off", "email")


# --- who holds it ----------------------------------------------------------------------------------


def test_a_community_taken_off_hears_of_it_and_so_do_the_others(other):
    event = f.published(title="Чай")
    leader = together(event)
    row = event.organisers.get(community__stewardships__user=leader)
    for _ in range(2):
        remove_organiser(row, by=other)
    notes = {note.user: note for note in told("event_left")}
    assert set(notes) == {leader, event.created_by}
    assert "больше не среди организаторов события «Чай», 16.01.2027, 15:00" in text(notes[leader])
    assert notes[leader].path == event.get_absolute_url()
    assert "вместе с вами" in text(notes[event.created_by])
    assert notes[event.created_by].path == f"/cabinet/events/{event.pk}/"


def test_who_leaves_by_themselves_is_told_to_the_others_alone():
    event = f.published()
    leader = together(event)
    remove_organiser(event.organisers.get(community__stewardships__user=leader), by=leader)
    assert [note.user for note in told("event_left")] == [event.created_by]


def test_an_invitation_taken_back_goes_no_further(other):
    event, community = f.published(), f.approved().community
    row = invite_organiser(event, community, by=event.created_by)
    remove_organiser(row, by=other)
    assert told("event_left") == []
    assert Notification.objects.filter(kind="event_invited", too_late_at__lte=Now()).count() == 1


# --- before it begins ------------------------------------------------------------------------------


def held(hours, **answers):
    """An event that takes no registrations, known for long, that begins in so many hours."""
    starts_at = timezone.now() + hours * HOUR
    event = f.published(starts_at=starts_at, ends_at=starts_at + 2 * HOUR, **answers)
    Event.objects.filter(pk=event.pk).update(decided_at=Now() - 9 * DAY)
    return event


@pytest.mark.parametrize(("hours", "letters"), [(25, 0), (23, 1), (4, 1), (2, 0), (-1, 0)])
def test_holders_are_reminded_the_day_before_once(hours, letters):
    event = held(hours, title="Чай")
    leader = together(event)
    scan()
    scan()
    notes = told("event_soon")
    assert [note.user for note in notes] == [event.created_by, leader][: 2 * letters]
    if notes:
        assert notes[0].subject.startswith("Скоро у вас: Чай, ")
        assert "Где: Библиотека имени Пушкина." in text(notes[0])


def test_of_a_series_the_first_date_alone():
    held(20, rrule="FREQ=WEEKLY;COUNT=3")
    begun = held(20 - 7 * 24, rrule="FREQ=WEEKLY;COUNT=3")
    assert begun.occurrences.filter(starts_at__gt=timezone.now(), starts_at__lt=timezone.now() + DAY).exists()
    scan()
    assert [note.path for note in told("event_soon")] == [f"/cabinet/events/{Event.objects.first().pk}/"]


def test_silent_of_what_is_listed_off_unseen_followed_or_just_approved():
    f.registration(held(20, takes_registrations=True))
    cancel_event(held(20), reason="Шторм", by=f.UserFactory())
    f.event(starts_at=timezone.now() + 20 * HOUR)
    starts_at = timezone.now() + 20 * HOUR
    f.published(starts_at=starts_at)  # approved today: its people have just read of it
    source = f.remote_calendar()
    imported = source.imported.get().event
    Event.objects.filter(pk=imported.pk).update(
        starts_at=starts_at, ends_at=starts_at + HOUR, decided_at=Now() - 9 * DAY, decided_by=f.UserFactory(),
        state="approved",
    )  # fmt: skip
    imported.occurrences.update(
        was_at=starts_at, starts_at=starts_at, ends_at=starts_at + HOUR, is_listed=True
    )
    scan()
    assert told("event_soon") == []


def test_the_scan_reads_an_index():
    event = held(20)
    like = event.occurrences.get()
    others = Event.objects.bulk_create(
        Event(
            branch=event.branch, slug=f"e{number}", uid=f"e{number}", title="…", starts_at=event.starts_at,
            ends_at=event.ends_at, timezone=event.timezone, created_by=event.created_by,
        )
        for number in range(2000)
    )  # fmt: skip
    rows = []
    for number, other in enumerate(others):
        row = copy(like)
        row.pk, row.event = None, other
        row.was_at = row.starts_at = like.starts_at + number * DAY
        row.ends_at = row.starts_at + HOUR
        rows.append(row)
    Occurrence.objects.bulk_create(rows)
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE events_event, events_occurrence, hub_branch")
    reminder = next(one for one in REMINDERS if one.code == "event-soon")
    plan = reminder.due(0).explain()
    assert "occurrence_in_time" in plan, plan
