"""The vocabulary of the calendar follows what is published, and tells nothing of the rest."""

from datetime import timedelta
from functools import partial

import pytest
import time_machine
from django.db import connection, transaction

from events.actions.announcing import approve_event, edit_event, publish
from events.actions.changing import edit_following
from events.actions.connecting import connect
from events.actions.edits import return_edit
from events.actions.following import load
from events.actions.remote import approve_all, hide, show
from events.actions.search import LATELY, refresh_event_words
from events.actions.trusting import trust
from events.models import Event, EventWord, ImportedEvent
from tests import factories as f
from tests.at_once import at_once

pytestmark = pytest.mark.django_db
ONE = timedelta(days=1)


@pytest.fixture(autouse=True)
def then():
    """A month before SATURDAY."""
    with time_machine.travel(f.SATURDAY - 30 * ONE, tick=False):
        yield


def known(**columns):
    return set(EventWord.objects.filter(**columns).values_list("word", flat=True))


def at_the_desk():
    event = f.event(title="Ёлка во дворе, ёлка!")
    approve_event(publish(event, by=event.created_by), by=f.coordinator())


def at_once_by_trust():
    event = f.event(title="Ёлка во дворе")
    trust(event.organisers.get().community, by=f.coordinator())
    publish(event, by=event.created_by)


def of_the_city():
    f.state_event(title="Ёлка во дворе")


def by_an_edit():
    event = f.published(title="Ёлка")
    edit_event(event, {"title": "Ёлка во дворе"}, seen=event.sequence, by=event.created_by)


def from_a_date_on():
    event = f.published(title="Ёлка", rrule="FREQ=DAILY;COUNT=4")
    date = event.occurrences.order_by("was_at")[2]
    edit_following(date, {"title": "Дворе"}, seen=event.sequence, by=event.created_by)


def from_a_trusted_calendar():
    community = f.approved().community
    trust(community, by=f.coordinator())
    f.remote_calendar(community, f.CALENDAR.replace("Прогулка из календаря", "Ёлка во дворе"))


def by_a_change_of_its_source():
    community = f.approved().community
    trust(community, by=f.coordinator())
    source = f.remote_calendar(community, f.CALENDAR.replace("Прогулка из календаря", "Ёлка"))
    changed = f.CALENDAR.replace("Прогулка из календаря", "Дворе")
    load(connect(f.looked_at(source.community, changed), by=source.added_by))


def all_of_a_calendar_at_one_word():
    source = f.remote_calendar(content=f.CALENDAR.replace("Прогулка из календаря", "Ёлка во дворе"))
    approve_all(source, by=f.coordinator())


def shown_again():
    community = f.approved().community
    trust(community, by=f.coordinator())
    row = f.remote_calendar(
        community, f.CALENDAR.replace("Прогулка из календаря", "Ёлка во дворе")
    ).imported.get()
    hide(row, by=row.event.created_by)
    EventWord.objects.all().delete()
    show(ImportedEvent.objects.get(), by=row.event.created_by)


@pytest.mark.parametrize(
    "way",
    [
        at_the_desk,
        at_once_by_trust,
        of_the_city,
        by_an_edit,
        from_a_date_on,
        from_a_trusted_calendar,
        by_a_change_of_its_source,
        all_of_a_calendar_at_one_word,
        shown_again,
    ],
)
def test_titles_are_learnt_whatever_way_they_are_published(way, django_capture_on_commit_callbacks):
    with django_capture_on_commit_callbacks(execute=True):
        way()
    assert known() == {"елка", "дворе"}


def test_a_title_that_is_put_back_is_learnt_again(django_capture_on_commit_callbacks):
    with django_capture_on_commit_callbacks(execute=True):
        edit = f.edited(title="Непристойность")
    refresh_event_words()
    assert known() == {"непристойность"}
    with django_capture_on_commit_callbacks(execute=True):
        return_edit(edit, reason="Так нельзя", seen=edit.event.sequence + 1, by=f.coordinator())
    refresh_event_words()
    assert known() == {"прогулка", "которую", "правят"}


def test_what_the_city_does_not_see_is_never_learnt(django_capture_on_commit_callbacks):
    with django_capture_on_commit_callbacks(execute=True):
        draft = f.event(title="Тайный черновик")
        edit_event(draft, {"title": "Секретный черновик"}, seen=draft.sequence, by=draft.created_by)
        publish(f.event(title="Ждёт решения"), by=f.UserFactory())
        f.remote_calendar()
    refresh_event_words()
    assert known() == set()


@pytest.mark.django_db(transaction=True)
def test_what_does_not_come_about_is_not_learnt():
    event = f.event(title="Передумали")
    publish(event, by=event.created_by)
    with transaction.atomic():
        approve_event(event, by=f.UserFactory())
        transaction.set_rollback(True)
    assert known() == set()


def test_the_count_is_of_titles_and_forgets_what_is_gone():
    for title in ("Хор и чай", "Хор, хор"):
        f.published(title=title)
    f.published(title="Давний поход", starts_at=f.SATURDAY - LATELY - 40 * ONE)
    f.published(title="Давняя серия", starts_at=f.SATURDAY - LATELY - 40 * ONE, rrule="FREQ=WEEKLY;COUNT=9")
    f.published(title="Недавний поход", starts_at=f.SATURDAY - LATELY + 40 * ONE)
    assert refresh_event_words() == len(known())
    assert known() == {"хор", "чай", "давняя", "серия", "недавний", "поход"}
    assert known(texts=2) == {"хор"}
    Event.objects.filter(title="Хор и чай").update(state="retired")
    Event.objects.filter(title="Недавний поход").update(title="Недавняя прогулка")
    refresh_event_words()
    assert known() == {"хор", "давняя", "серия", "недавняя", "прогулка"}
    assert known(texts=2) == set()


def test_each_branch_has_its_own():
    kazan = f.BranchFactory(slug="kazan", name="Казань")
    f.published(title="Хор")
    far = f.published(title="Сабантуй")
    Event.objects.filter(pk=far.pk).update(branch=kazan)
    refresh_event_words()
    assert (known(branch=kazan), known(branch=f.BranchFactory())) == ({"сабантуй"}, {"хор"})
    Event.objects.all().delete()
    refresh_event_words(kazan)
    assert known() == {"хор"}


def test_a_count_writes_only_what_has_changed():
    def written():
        with connection.cursor() as cursor:
            cursor.execute("SELECT word, ctid::text FROM events_eventword")
            return dict(cursor.fetchall())

    f.published(title="Хор")
    refresh_event_words()
    before = written()
    f.published(title="Чай")
    refresh_event_words()
    assert written().keys() == {"хор", "чай"}
    assert written()["хор"] == before["хор"]


@pytest.mark.django_db(transaction=True)
def test_two_that_are_published_at_once_are_both_learnt():
    events = [f.event(title=title) for title in ("Арбуз, ёлка, хор", "Хор, ёлка, якорь")]
    for event in events:
        publish(event, by=event.created_by)
    boss = f.coordinator()
    at_once(*(partial(approve_event, event, by=boss) for event in events))
    assert known() == {"арбуз", "елка", "хор", "якорь"}
