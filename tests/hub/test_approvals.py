"""The one door for decisions: transitions, races, traces."""

from collections import Counter
from functools import partial
from threading import Barrier

import pytest
from django.db import IntegrityError, transaction

from hub import approvals
from hub.approvals import AlreadyDecided, OwnSubmission, move, revisions_of
from hub.choices import State
from hub.models import Revision
from tests import factories as f
from tests.at_once import at_once

pytestmark = pytest.mark.django_db


def test_a_draft_is_submitted_and_approved_leaving_a_trace():
    record = f.draft()
    leader = record.community.stewardships.get().user
    coordinator = f.coordinator(record.community.branch)

    submitted = move(record, "submit", by=leader)
    approved = move(submitted, "approve", by=coordinator, note="Всё верно", changed=["short", "name"])

    assert approved.state == State.APPROVED
    assert (approved.submitted_by, approved.decided_by) == (leader, coordinator)
    assert [(r.action, r.actor, r.note, r.changed) for r in revisions_of(record)] == [
        ("submit", leader, "", []),
        ("approve", coordinator, "Всё верно", ["name", "short"]),
    ]


@pytest.mark.parametrize(
    ("state", "verb"),
    [
        (state, verb)
        for state in State
        for verb, (sources, _) in approvals.TRANSITIONS.items()
        if state not in sources
    ],
)
def test_every_move_that_the_table_does_not_name_is_refused(state, verb):
    record = f.submitted()
    someone = f.UserFactory()
    type(record).objects.filter(pk=record.pk).update(
        state=state, decided_by=someone, decided_at=record.submitted_at
    )
    with pytest.raises(AlreadyDecided):
        move(record, verb, by=f.UserFactory())
    record.refresh_from_db()
    assert record.state == state
    assert not Revision.objects.exists()


@pytest.mark.parametrize("verb", ["approve", "return"])
def test_nobody_decides_on_their_own_submission(verb):
    record = f.submitted()
    with pytest.raises(OwnSubmission):
        move(record, verb, by=record.submitted_by)
    record.refresh_from_db()
    assert record.state == State.SUBMITTED


def test_the_database_itself_refuses_a_decision_by_the_submitter():
    record = f.submitted()
    record.decided_by, record.decided_at, record.state = (
        record.submitted_by,
        record.submitted_at,
        State.APPROVED,
    )
    with pytest.raises(IntegrityError, match="censusrecord_not_decided_by_submitter"), transaction.atomic():
        record.save()


def test_history_cannot_be_rewritten():
    record = f.draft()
    move(record, "submit", by=f.UserFactory())
    for write in (Revision.objects.all().delete, lambda: Revision.objects.update(note="иначе")):
        with pytest.raises(IntegrityError, match="append-only"), transaction.atomic():
            write()


@pytest.mark.django_db(transaction=True)
def test_of_twenty_simultaneous_decisions_exactly_one_wins():
    record = f.submitted()
    judges = [f.UserFactory() for _ in range(20)]

    verbs = ["approve", "return"] * 10
    outcomes = at_once(
        *(partial(move, record, verb, by=judge) for verb, judge in zip(verbs, judges, strict=True)),
        refusals=AlreadyDecided,
    )

    assert Counter(map(type, outcomes)) == {type(record): 1, AlreadyDecided: 19}
    assert revisions_of(record).count() == 1


@pytest.mark.django_db(transaction=True)
def test_without_the_lock_the_race_is_real(monkeypatch):
    record = f.submitted()
    judges = [f.UserFactory() for _ in range(8)]
    # The same read without FOR UPDATE: everybody sees "submitted" and everybody decides.
    everyone_has_read = Barrier(8)

    def read_without_lock(row):
        fresh = type(row)._base_manager.get(pk=row.pk)
        everyone_has_read.wait(10)
        return fresh

    monkeypatch.setattr(approvals, "lock", read_without_lock)
    at_once(*(partial(move, record, "approve", by=judge) for judge in judges))
    assert revisions_of(record).count() == 8
