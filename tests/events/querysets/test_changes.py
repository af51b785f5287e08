"""Whoever keeps a copy of the calendar learns of every change, in whatever order writers begin and commit."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Event as Signal

import pytest
from django.db import connection, transaction
from django.db.models import Max
from django.db.models.functions import Now

from events.actions.feeds import forget_changes
from events.models import CalendarChange, Event
from events.tasks import roll_horizon
from tests import factories as f

pytestmark = pytest.mark.django_db


def state(branch):
    return CalendarChange.objects.in_branch(branch).state().mark


def crossing(client):
    """What feed and old-fashioned caches saw before and after the second commit of two writers that cross."""
    early, late = f.published(title="Ранняя"), f.published(title="Поздняя")
    saved, other_is_in = Signal(), Signal()

    def began_first_and_commits_last():
        try:
            with transaction.atomic():
                event = Event.objects.get(pk=early.pk)
                event.title = "Ранняя, иначе"
                event.save()
                saved.set()
                assert other_is_in.wait(20)
        finally:
            connection.close()

    def seen():
        newest = Event.objects.published().aggregate(newest=Max("changed_at"))["newest"]
        return client.get("/calendar.ics").headers["ETag"], newest

    with ThreadPoolExecutor(1) as pool:
        slow = pool.submit(began_first_and_commits_last)
        assert saved.wait(20)
        late.title = "Поздняя, иначе"
        late.save()
        before = seen()
        other_is_in.set()
        slow.result(20)
    return before, seen()


@pytest.mark.django_db(transaction=True)
def test_a_writer_who_began_first_and_commits_last_is_seen(client):
    (before, _newest), (after, _same) = crossing(client)
    assert after != before


@pytest.mark.django_db(transaction=True)
def test_by_the_moment_of_the_last_change_it_would_be_missed(client):
    """The race is real: this is why changes are written down one by one."""
    (_tag, before), (_other, after) = crossing(client)
    assert after == before


@pytest.mark.django_db(transaction=True)
def test_only_published_events_of_the_branch_count():
    event = f.published()
    kazan = f.BranchFactory(slug="kazan", name="Казань")
    before, there = state(event.branch), state(kazan)
    f.event(title="Черновик")
    assert state(event.branch) == before
    Event.objects.filter(pk=event.pk).update(title="Иначе")
    assert (state(event.branch) != before, state(kazan) == there) == (True, True)


@pytest.mark.django_db(transaction=True)
def test_one_transaction_is_one_row():
    first, second = f.published(), f.published()
    before = CalendarChange.objects.count()
    with transaction.atomic():
        for event in (first, second, first):
            event.save()
    assert CalendarChange.objects.count() == before + 1


@pytest.mark.django_db(transaction=True)
def test_a_number_that_comes_again_in_a_restored_database_is_still_a_change():
    event = f.published()
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_current_xact_id()::text::bigint")
            [number] = cursor.fetchone()
        old = {"branch": event.branch, "transaction": number}
        CalendarChange.objects.create(**old, at=event.changed_at - timedelta(days=365))
        before = CalendarChange.objects.get(**old).at
        event.save()
        assert CalendarChange.objects.get(**old).at > before


def test_what_nobody_asks_about_is_forgotten_at_night():
    f.published()
    assert forget_changes() == 0
    CalendarChange.objects.update(at=Now() - timedelta(days=3))
    roll_horizon()
    assert not CalendarChange.objects.exists()


@pytest.mark.parametrize("rows", [1, 3])
def test_it_is_one_query_however_much_was_changed(rows, django_assert_num_queries):
    for _turn in range(rows):
        event = f.published()
    with django_assert_num_queries(1):
        CalendarChange.objects.in_branch(event.branch).state()
