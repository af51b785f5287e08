import threading
from functools import partial

import pytest
from django.db import DatabaseError

from communities.actions import review
from communities.actions.review import approve_record, decide_field, forget_field, return_record
from communities.choices import Listing
from communities.models import CensusRecord, Community, FormerSlug, SearchWord
from hub import approvals
from hub.approvals import AlreadyDecided, OwnSubmission, Refused
from hub.choices import State
from hub.models import Notification, Revision
from tests import factories as f
from tests.at_once import at_once

pytestmark = pytest.mark.django_db


def edit_of(public, **answers):
    """A submitted change of an approved record's community."""
    record = f.draft(community=public.community, **answers)
    record.state = State.SUBMITTED
    record.submitted_by, record.submitted_at = public.submitted_by, public.submitted_at
    record.save()
    return record


def test_a_new_record_becomes_public():
    record = f.submitted(name="Чайная среда")
    boss = f.coordinator()
    approved = approve_record(record, by=boss)
    community = Community.objects.get(pk=record.community_id)
    assert (approved.state, approved.decided_by) == (State.APPROVED, boss)
    assert (community.current, community.listing) == (approved, Listing.LISTED)
    assert community.listed_at
    assert SearchWord.objects.filter(branch=community.branch).exists()
    letter = Notification.objects.get(kind="census_approved")
    assert letter.user == record.submitted_by
    assert Revision.objects.filter(
        target="communities.censusrecord", target_id=record.pk, action="approve"
    ).exists()


def test_an_edit_retires_what_was_public_and_keeps_it_readable():
    public = f.approved(name="Тропа")
    listed_at = public.community.listed_at
    record = edit_of(public, name="Тропа 862")
    assert Community.objects.get().current.name == "Тропа"
    approve_record(record, by=f.coordinator())
    public.refresh_from_db()
    community = Community.objects.get()
    assert (public.state, public.name, community.current.name) == (State.RETIRED, "Тропа", "Тропа 862")
    assert community.listed_at == listed_at
    assert public in CensusRecord.objects.once_public()


def test_the_first_approval_gives_a_readable_address_and_keeps_the_first():
    record = f.submitted(name="Чайная среда", community=f.CommunityFactory(slug="novoe-a1b2c3"))
    f.approved(name="Чайная среда", community=f.CommunityFactory(slug="chainaia-sreda"))
    approve_record(record, by=f.coordinator())
    community = Community.objects.get(pk=record.community_id)
    assert community.slug == "chainaia-sreda-2"
    assert FormerSlug.objects.get().slug == "novoe-a1b2c3"


def test_nobody_decides_on_their_own_record():
    boss = f.coordinator()
    record = f.submitted(boss)
    for act in (
        lambda: approve_record(record, by=boss),
        lambda: return_record(record, by=boss, reasons={"name": "Уточните"}),
        lambda: decide_field(record, "name", accepted=True, by=boss),
    ):
        with pytest.raises(OwnSubmission):
            act()
    record.refresh_from_db()
    assert record.state == State.SUBMITTED


def test_what_another_just_approved_is_said_clearly():
    record = f.submitted(name="Тропа")
    approve_record(record, by=f.coordinator(name="Марина Гусева"))
    with pytest.raises(AlreadyDecided, match="Марина Гусева уже одобрил"):
        approve_record(record, by=f.coordinator())
    with pytest.raises(AlreadyDecided, match="Второй раз не нужно"):
        return_record(record, by=f.coordinator(), reasons={"name": "Поздно"})
    record.refresh_from_db()
    assert record.state == State.APPROVED


def test_what_was_withdrawn_is_not_decided_on():
    record = f.draft()
    with pytest.raises(AlreadyDecided, match="отозвал"):
        approve_record(record, by=f.coordinator())


def test_a_field_marked_for_return_stands_against_approval():
    record, boss = f.submitted(), f.coordinator()
    decide_field(record, "short", accepted=False, reason="Скажите, где вы ходите", by=boss)
    with pytest.raises(Refused, match="Коротко"):
        approve_record(record, by=boss)
    decide_field(record, "short", accepted=True, by=boss)
    assert approve_record(record, by=boss).state == State.APPROVED


def test_a_refused_approval_leaves_the_old_record_public():
    public = f.approved()
    record, boss = edit_of(public), f.coordinator()
    decide_field(record, "short", accepted=False, reason="Уточните", by=boss)
    with pytest.raises(Refused):
        approve_record(record, by=boss)
    public.refresh_from_db()
    assert public.state == State.APPROVED


def test_return_needs_a_reason_and_tells_the_leader():
    record, boss = f.submitted(name="Тропа"), f.coordinator()
    with pytest.raises(Refused, match="хотя бы одно поле"):
        return_record(record, by=boss)
    with pytest.raises(Refused, match="Напишите, что поправить"):
        decide_field(record, "short", accepted=False, reason="  ", by=boss)
    returned = return_record(record, by=boss, reasons={"short": "Скажите, где вы ходите"})
    assert returned.state == State.RETURNED
    letter = Notification.objects.get(kind="census_returned")
    assert letter.context["reasons"] == [{"label": "Коротко", "reason": "Скажите, где вы ходите"}]
    note = Revision.objects.get(action="return")
    assert (note.note, note.changed) == ("Коротко: Скажите, где вы ходите", ["short"])


def test_a_note_on_a_field_can_be_changed_and_taken_back():
    record, boss = f.submitted(), f.coordinator()
    decide_field(record, "name", accepted=True, by=boss)
    decide_field(record, "name", accepted=False, reason="Кавычки лишние", by=boss)
    assert record.decisions.get().reason == "Кавычки лишние"
    forget_field(record, "name", by=boss)
    assert not record.decisions.exists()
    with pytest.raises(Refused, match="нет такого поля"):
        decide_field(record, "state", accepted=True, by=boss)


def test_a_record_of_a_merged_community_waits_for_the_merge_to_be_undone():
    record = f.submitted()
    Community.objects.filter(pk=record.community_id).update(
        listing=Listing.MERGED, merged_into=f.approved().community
    )
    with pytest.raises(Refused, match="объединено"):
        approve_record(record, by=f.coordinator())


# --- twenty at once -------------------------------------------------------------------------------


@pytest.mark.django_db(transaction=True)
def test_of_twenty_approvals_at_once_one_wins():
    record = edit_of(f.approved())
    people = [f.coordinator() for _ in range(20)]
    outcomes = at_once(
        *(partial(approve_record, record, by=boss) for boss in people), refusals=AlreadyDecided
    )
    assert sum(isinstance(outcome, CensusRecord) for outcome in outcomes) == 1
    assert sum(isinstance(outcome, AlreadyDecided) for outcome in outcomes) == 19
    assert Revision.objects.filter(target_id=record.pk, action="approve").count() == 1
    assert Notification.objects.filter(kind="census_approved").count() == 1


@pytest.mark.django_db(transaction=True)
def test_approval_and_return_at_once_make_one_decision():
    record, boss, other = f.submitted(), f.coordinator(), f.coordinator()
    acts = [
        lambda: approve_record(record, by=boss),
        lambda: return_record(record, by=other, reasons={"name": "Уточните"}),
    ] * 5
    outcomes = at_once(*acts, refusals=Refused)
    assert sum(isinstance(outcome, CensusRecord) for outcome in outcomes) == 1
    assert sum(isinstance(outcome, Refused) for outcome in outcomes) == 9


@pytest.mark.django_db(transaction=True)
def test_without_the_lock_the_race_is_real(monkeypatch):
    record = f.submitted()
    people = [f.coordinator() for _ in range(8)]
    meeting = threading.Barrier(len(people))

    def unlocked(row):
        fresh = CensusRecord.objects.get(pk=row.pk)
        if threading.current_thread() not in seen:
            seen.add(threading.current_thread())
            meeting.wait(timeout=20)
        return fresh

    seen: set[threading.Thread] = set()
    monkeypatch.setattr(review, "lock", unlocked)
    monkeypatch.setattr(approvals, "lock", lambda row: row)
    monkeypatch.setattr(review, "hold", lambda pk: Community.objects.select_related("branch").get(pk=pk))
    outcomes = at_once(
        *(partial(approve_record, record, by=boss) for boss in people), refusals=(DatabaseError, Refused)
    )
    assert sum(isinstance(outcome, CensusRecord) for outcome in outcomes) > 1
