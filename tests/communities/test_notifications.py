"""What the registry says of itself, and when: windows of its reminders, one message for many rows."""

import re
from datetime import datetime, timedelta

import pytest
from django.db import connection
from django.db.models.functions import Now

from communities.actions.census import submit_record
from communities.actions.claims import submit_claim
from communities.choices import Listing
from communities.models import CensusRecord, Claim, Community
from hub import consents
from hub.approvals import norm_end
from hub.choices import ConsentKind, State
from hub.models import Notification
from hub.outbox.reminders import REMINDERS, scan
from tests import factories as f

pytestmark = pytest.mark.django_db

DAY = timedelta(days=1)


def told(kind):
    return list(Notification.objects.filter(kind=kind).order_by("pk"))


def test_submitting_promises_a_day_by_the_norm():
    leader = f.UserFactory()
    consents.give(leader, ConsentKind.PROCESSING, channel="test")
    record = submit_record(f.draft(leader), by=leader)
    assert record.decide_by == norm_end(record.community.branch, record.submitted_at)
    claim = submit_claim(f.imported().community, by=leader, text="Веду с основания")
    assert claim.decide_by == norm_end(claim.community.branch, claim.submitted_at)


@pytest.mark.parametrize(
    ("sent", "late"),
    [
        ("2026-11-20T12:00:00+03:00", "2026-11-26T00:00:00+03:00"),  # Friday: Monday, Tuesday, Wednesday
        ("2026-11-20T23:30:00+00:00", "2026-11-26T00:00:00+03:00"),  # Saturday by the branch's clock
        ("2026-12-29T12:00:00+03:00", "2027-01-13T00:00:00+03:00"),  # over the holidays
    ],
)
def test_the_norm_ends_after_working_days_by_the_branchs_clock(sent, late):
    branch = f.BranchFactory(norm_days=3)
    assert norm_end(branch, datetime.fromisoformat(sent)) == datetime.fromisoformat(late)


def test_drafts_are_reminded_of_until_they_are_touched():
    record = f.draft()
    scan()
    assert told("draft_waits") == []
    CensusRecord.objects.filter(pk=record.pk).update(saved_at=Now() - 3 * DAY - timedelta(minutes=1))
    scan()
    scan()
    [message] = told("draft_waits")
    assert message.user == record.community.stewardships.get().user
    CensusRecord.objects.filter(pk=record.pk).update(saved_at=Now(), version=2)
    scan()
    assert len(told("draft_waits")) == 1


def test_nobody_is_reminded_of_what_was_merged():
    record = f.draft()
    CensusRecord.objects.filter(pk=record.pk).update(saved_at=Now() - 4 * DAY)
    other = f.approved().community
    record.community.listing, record.community.merged_into = Listing.MERGED, other
    record.community.save()
    scan()
    assert told("draft_waits") == []


def test_one_message_names_all_that_is_late_and_each_branch_hears_of_its_own():
    boss, foreign = f.coordinator(), f.coordinator(f.BranchFactory(slug="kazan", name="Казань"))
    for number in range(14):
        f.submitted(name=f"Хор {number}")
    CensusRecord.objects.update(submitted_at=Now() - 9 * DAY, decide_by=Now() - timedelta(minutes=1))
    scan()
    [message] = told("queue_norm")
    assert message.user == boss
    assert message.user != foreign
    assert (message.context["total"], message.context["more"]) == (14, 2)
    assert message.context["late"] is True


@pytest.mark.parametrize(
    ("code", "state", "index"),
    [
        ("record-norm", State.SUBMITTED, "censusrecord_norm"),
        ("record-waits", State.RETURNED, "censusrecord_returned"),
        ("draft-waits", State.DRAFT, "censusrecord_drafts"),
    ],
)
def test_a_scan_reads_only_rows_whose_day_has_come(code, state, index):
    """The same at a million rows: `python -m bench.outbox`."""
    like = f.draft()
    rows = Community.objects.bulk_create(
        Community(branch=like.community.branch, slug=f"c{number}") for number in range(2000)
    )
    person = f.UserFactory()
    when = {"submitted_at": Now() - 30 * DAY, "submitted_by": person}
    if state == State.RETURNED:
        when |= {"decided_by": f.UserFactory()}
    far = {"record-norm": 30 * DAY, "record-waits": -300 * DAY, "draft-waits": -300 * DAY}[code]
    near = {"record-norm": -DAY / 2, "record-waits": -4 * DAY, "draft-waits": -4 * DAY}[code]
    reminder = next(one for one in REMINDERS if one.code == code)
    CensusRecord.objects.bulk_create(
        CensusRecord(
            community=row, round=like.round, state=state,
            **when | {reminder.dated: Now() + (near if number < 10 else far)},
        )
        for number, row in enumerate(rows)
    )  # fmt: skip
    if code == "draft-waits":  # a column that dates itself
        CensusRecord.objects.update(saved_at=Now() + far)
        CensusRecord.objects.filter(community__in=rows[:10]).update(saved_at=Now() + near)
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE communities_censusrecord, communities_community")
    number = 1 if code == "record-norm" else 0
    assert reminder.due(number).count() == 10
    plan = reminder.due(number).explain(analyze=True)
    read = re.search(rf"(?:using|on) {index} .*?actual time=\S+ rows=(\d+)", plan)
    assert read, plan
    assert int(read[1]) == 10


def test_claims_have_the_same_norm():
    f.coordinator()
    claim = submit_claim(f.imported(name="Хор").community, by=f.UserFactory(), text="Веду")
    Claim.objects.filter(pk=claim.pk).update(
        submitted_at=Now() - 9 * DAY, decide_by=Now() - timedelta(minutes=1)
    )
    scan()
    assert told("queue_norm")[0].context["names"] == ["Хор"]
