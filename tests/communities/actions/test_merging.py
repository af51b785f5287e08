import threading
from collections import Counter
from functools import partial

import pytest
from django.db import connection, transaction
from django.utils import timezone

from communities.actions.merging import merge_communities, tell_apart, undo_merge
from communities.actions.review import approve_record
from communities.choices import Listing, StewardRole
from communities.models import CensusRecord, Claim, Community, Contact, Merge, NotDuplicate
from hub.approvals import AlreadyDecided, Refused
from hub.choices import State
from hub.models import Revision
from tests import factories as f
from tests.at_once import at_once

pytestmark = pytest.mark.django_db


def snapshot():
    """Everything that a merge touches, row by row."""
    return {
        "communities": list(Community.objects.order_by("pk").values()),
        "records": list(
            CensusRecord.objects.order_by("pk").values("pk", "community_id", "state", "name", "short")
        ),
        "people": list(Community.stewardships.rel.related_model.objects.order_by("pk").values()),
        "contacts": list(Contact.objects.order_by("pk").values()),
        "claims": list(Claim.objects.order_by("pk").values("pk", "community_id", "state")),
    }


def test_the_source_goes_into_the_target():
    boss = f.coordinator()
    source, target = f.approved(name="Тропы Хосты"), f.approved(name="Тропа 862")
    merge = merge_communities(source.community, target.community, by=boss)
    gone = Community.objects.get(pk=source.community_id)
    assert (gone.listing, gone.merged_into) == (Listing.MERGED, target.community)
    assert gone.current == source  # what was approved stays readable
    assert Community.objects.listed().get() == target.community
    assert CensusRecord.objects.get(pk=target.pk).state == State.APPROVED
    assert set(Revision.objects.filter(action="merge").values_list("target_id", flat=True)) == {
        source.community_id, target.community_id,
    }  # fmt: skip
    assert merge.by == boss


def test_people_come_along_and_the_target_keeps_its_leader():
    source, target = f.approved(), f.approved()
    theirs, ours = source.submitted_by, target.submitted_by
    merge_communities(source.community, target.community, by=f.coordinator())
    team = dict(target.community.stewardships.values_list("user", "role"))
    assert team == {ours.pk: StewardRole.LEADER, theirs.pk: StewardRole.CO_LEADER}


def test_who_stewards_both_keeps_one_place_with_all_contacts():
    leader = f.UserFactory()
    source, target = f.approved(leader), f.approved(leader)
    here, there = source.community.stewardships.get(), target.community.stewardships.get()
    for row, kind, value in ((here, "phone", "+79000001234"), (here, "vk", "x"), (there, "vk", "x")):
        Contact.objects.create(stewardship=row, kind=kind, value=value)
    merge_communities(source.community, target.community, by=f.coordinator())
    assert target.community.stewardships.get().user == leader
    assert set(there.contacts.values_list("kind", flat=True)) == {"phone", "vk"}


def test_chosen_answers_make_a_new_record_of_the_target():
    boss = f.coordinator()
    source, target = f.approved(name="Тропы Хосты", telegram="https://t.me/x"), f.approved(name="Тропа 862")
    merge_communities(source.community, target.community, by=boss, take=["telegram", "lat"])
    current = Community.objects.get(pk=target.community_id).current
    target.refresh_from_db()
    assert target.state == State.RETIRED
    assert (current.name, current.telegram, current.state) == ("Тропа 862", "https://t.me/x", State.APPROVED)
    assert current.link_keys == ["t.me/x"]
    assert current.confirmed_on == target.confirmed_on


def test_an_unfinished_record_becomes_a_change_of_the_target():
    public, record = f.imported(name="Тропа"), f.submitted(name="Тропа 862")
    source = record.community
    merge_communities(source, public.community, by=f.coordinator())
    record.refresh_from_db()
    assert record.community == public.community
    approve_record(record, by=f.coordinator())
    assert Community.objects.listed().get().current == record


@pytest.mark.parametrize("take", [[], ["short", "photos"]])
def test_undo_puts_everything_back(take):
    boss = f.coordinator()
    leader = f.UserFactory()
    source, target = f.approved(leader, short="Одно"), f.approved(leader, short="Другое")
    f.StewardshipFactory(community=source.community, role=StewardRole.CO_LEADER)
    Contact.objects.create(
        stewardship=source.community.stewardships.get(user=leader), kind="phone", value="+79000001234"
    )
    earlier = f.approved()
    merge_communities(earlier.community, source.community, by=boss)
    f.draft(community=source.community)
    Claim.objects.create(
        community=source.community, text="Моё", state=State.SUBMITTED,
        submitted_by=f.UserFactory(), submitted_at=timezone.now(),
    )  # fmt: skip
    before = snapshot()
    merge = merge_communities(source.community, target.community, by=boss, take=take)
    assert Community.objects.get(pk=earlier.community_id).merged_into == target.community
    undo_merge(merge, by=boss)
    after = snapshot()
    made = {row["pk"] for row in after["records"]} - {row["pk"] for row in before["records"]}
    after["records"] = [row for row in after["records"] if row["pk"] not in made]
    assert after == before
    assert all(CensusRecord.objects.get(pk=pk).state == State.RETIRED for pk in made)
    with pytest.raises(AlreadyDecided):
        undo_merge(merge, by=boss)


def test_undo_of_an_imported_target_keeps_it_imported():
    source, target = f.approved(short="Одно"), f.imported(short="Другое")
    merge = merge_communities(source.community, target.community, by=f.coordinator(), take=["short"])
    undo_merge(merge, by=f.coordinator())
    target.refresh_from_db()
    assert target.state == State.IMPORTED


def test_undo_stops_at_what_is_newer():
    public, record = f.imported(name="Тропа"), f.submitted(name="Тропа 862")
    merge = merge_communities(record.community, public.community, by=f.coordinator())
    record.refresh_from_db()
    approve_record(record, by=f.coordinator())
    with pytest.raises(Refused, match="по ней решено"):
        undo_merge(merge, by=f.coordinator())
    assert Merge.objects.get().undone_at is None


def test_what_cannot_be_merged():
    boss, one, two = f.coordinator(), f.approved(), f.approved()
    with pytest.raises(Refused, match="с самим собой"):
        merge_communities(one.community, one.community, by=boss)
    foreign = f.approved(community=f.CommunityFactory(branch=f.BranchFactory(slug="kazan", name="Казань")))
    with pytest.raises(Refused, match="одного отделения"):
        merge_communities(one.community, foreign.community, by=boss)
    with pytest.raises(Refused, match="Поменяйте"):
        merge_communities(one.community, f.submitted().community, by=boss)
    merge_communities(one.community, two.community, by=boss)
    with pytest.raises(AlreadyDecided):
        merge_communities(one.community, two.community, by=boss)


def test_told_apart_once():
    one, two, boss = f.approved().community, f.approved().community, f.coordinator()
    tell_apart(two, one, by=boss)
    tell_apart(one, two, by=boss)
    pair = NotDuplicate.objects.get()
    assert pair.first_id < pair.second_id


@pytest.mark.django_db(transaction=True)
def test_merging_both_ways_at_once_merges_one_way():
    one, two, boss = f.approved().community, f.approved().community, f.coordinator()
    ways = [(one, two), (two, one)] * 3
    outcomes = at_once(*(partial(merge_communities, *way, by=boss) for way in ways), refusals=AlreadyDecided)
    assert Counter(map(type, outcomes)) == {Merge: 1, AlreadyDecided: 5}


@pytest.mark.django_db(transaction=True)
def test_what_is_approved_while_the_merge_waits_is_not_torn_from_its_community():
    target, source = f.approved().community, f.submitted()
    outcomes = []

    def merge():
        try:
            outcomes.append(merge_communities(source.community, target, by=f.UserFactory()))
        except Exception as error:
            outcomes.append(error)
        finally:
            connection.close()

    waiting = threading.Thread(target=merge)
    with transaction.atomic():
        approve_record(source, by=f.coordinator())
        waiting.start()
        waiting.join(0.5)  # it has read what is in work and waits for the row
    waiting.join()
    assert isinstance(outcomes[0], AlreadyDecided)
    source.refresh_from_db()
    assert (source.state, source.community.listing) == (State.APPROVED, Listing.LISTED)
