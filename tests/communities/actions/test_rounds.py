from datetime import date

import pytest

from communities.actions.listing import set_listing
from communities.actions.rounds import open_round, plan_round, remind_round
from communities.choices import Listing
from communities.models import Community
from communities.querysets.rounds import coverage, silent
from hub.approvals import Refused
from hub.models import Notification, Revision
from tests import factories as f

pytestmark = pytest.mark.django_db


@pytest.fixture
def next_round():
    boss = f.coordinator()
    round_ = plan_round(
        f.BranchFactory(), year=2027, opens_on=date(2027, 2, 1), closes_on=date(2027, 12, 1), by=boss
    )
    return round_, boss


def test_opening_asks_every_leader_once(next_round):
    round_, boss = next_round
    leader = f.UserFactory()
    f.approved(leader, name="Тропа")
    f.approved(leader, name="Хор")
    f.approved()
    f.imported()
    f.submitted()
    open_round(round_, by=boss)
    open_round(round_, by=boss)
    letters = Notification.objects.filter(kind="round_opened")
    assert letters.count() == 2
    assert sorted(letters.get(user=leader).context["names"]) == ["Тропа", "Хор"]
    assert Revision.objects.filter(action="open").count() == 1


def test_a_year_has_one_round(next_round):
    round_, boss = next_round
    with pytest.raises(Refused, match="уже есть"):
        plan_round(round_.branch, year=2027, opens_on=date(2027, 1, 1), closes_on=date(2027, 2, 1), by=boss)
    with pytest.raises(Refused, match="раньше, чем открывается"):
        plan_round(round_.branch, year=2028, opens_on=date(2028, 3, 1), closes_on=date(2028, 2, 1), by=boss)


def test_reminding_reaches_those_who_are_silent_once_a_day(next_round):
    round_, boss = next_round
    f.approved()
    answered = f.approved()
    round_ = open_round(round_, by=boss)
    answered.round = round_
    answered.save()
    assert remind_round(round_, round_.branch, by=boss) == 1
    assert remind_round(round_, round_.branch, by=boss) == 1
    assert Notification.objects.filter(kind="round_reminder").count() == 1


def test_coverage_is_what_is_confirmed_of_what_is_listed(next_round):
    round_, _boss = next_round
    answered = f.approved()
    answered.round = round_
    answered.save()
    f.approved()
    f.imported()
    f.submitted()
    counts = coverage(round_.branch, round_)
    assert (counts["confirmed"], counts["listed"], counts["percent"]) == (1, 3, 33)
    assert (counts["fresh"], counts["never"]) == (2, 1)
    assert silent(round_.branch, round_).count() == 2


def test_an_empty_branch_is_covered_by_nobody(next_round):
    assert coverage(next_round[0].branch, next_round[0])["percent"] == 0


def test_listing_goes_there_and_back():
    record, boss = f.approved(), f.coordinator()
    listed_at = record.community.listed_at
    assert set_listing(record.community, Listing.ARCHIVED, by=boss) == Listing.LISTED
    assert not Community.objects.listed().exists()
    assert set_listing(record.community, Listing.LISTED, by=boss) == Listing.ARCHIVED
    assert Community.objects.listed().get().listed_at == listed_at
    assert list(Revision.objects.values_list("action", flat=True)) == ["archive", "list"]
    with pytest.raises(Refused, match="нет принятой записи"):
        set_listing(f.submitted().community, Listing.LISTED, by=boss)
