"""The demo city: whole, in the past, the same on every start, and never on top of real data."""

from __future__ import annotations

import os
from datetime import datetime, timedelta
from io import StringIO
from itertools import pairwise
from pathlib import Path
from tempfile import TemporaryDirectory
from unittest.mock import patch

import pytest
import time_machine
from django.apps import apps
from django.core.management import call_command
from django.core.management.base import CommandError
from django.db.models import Count, F
from django.test import TestCase, override_settings
from django.utils import timezone

from communities.choices import Direction, Listing, ResourceKind
from communities.models import (
    CensusRecord,
    CensusRound,
    Claim,
    Community,
    Contact,
    Invitation,
    Merge,
    SearchWord,
)
from events.models import Event, EventWord, ImportedEvent, Occurrence, Registration, StateEventSupport, Talk
from events.querysets.clashes import clashes_between
from hub.approvals import revisions_of
from hub.choices import RoleKind, State
from hub.models import Branch, Consent, Delivery, District, Notification, Revision, Role, User
from hub.outbox.reasons import reason_of
from hub.working_days import working_days_between
from reports.kpis import communities_united as kpi
from reports.kpis import state_events_supported, talks_given
from reports.management.demo.people import ACCOUNTS
from reports.management.demo.places import STORIES
from reports.models import Datum
from tests import factories as f

pytestmark = pytest.mark.django_db
HALF_A_YEAR = timedelta(days=182)

#: The shore from Лазаревское to the border, as (latitude, longitude): land lies north-east of it.
SHORE = [
    (43.960, 39.262), (43.905, 39.325), (43.873, 39.372), (43.793, 39.457), (43.733, 39.543), (43.702, 39.581),
    (43.655, 39.645), (43.626, 39.690), (43.590, 39.712), (43.578, 39.719), (43.563, 39.733), (43.548, 39.755),
    (43.540, 39.785), (43.507, 39.862), (43.490, 39.890), (43.430, 39.906), (43.402, 39.945), (43.386, 40.005),
]  # fmt: skip


@pytest.fixture
def demo(settings, tmp_path, monkeypatch):
    """Run the command with DEMO=1; gives what it printed."""
    settings.DEMO = True
    settings.DATA_DIR = tmp_path
    monkeypatch.delenv("DEMO_PASSWORD", raising=False)

    def run() -> str:
        out = StringIO()
        call_command("load_demo", stdout=out)
        return out.getvalue()

    return run


def counts() -> dict[str, int]:
    ours = ("hub", "communities", "events", "reports", "account")
    return {m._meta.label: m.objects.count() for m in apps.get_models() if m._meta.app_label in ours}


def password_in(printed: str) -> str:
    return next(line for line in printed.splitlines() if line.startswith("Пароль")).split(": ")[1]


@pytest.mark.xdist_group("city")
class CityTests(TestCase):
    """One city, built once: these look at it, or start it again."""

    @classmethod
    def setUpTestData(cls):
        cls.folder = Path(cls.enterClassContext(TemporaryDirectory()))
        cls.printed = cls.start()

    @classmethod
    def start(cls, **environ: str) -> str:
        out = StringIO()
        with override_settings(DEMO=True, DATA_DIR=cls.folder), patch.dict(os.environ, environ):
            call_command("load_demo", stdout=out)
        return out.getvalue()

    def test_a_second_run_prints_the_same_and_changes_nothing(self):
        before, passwords = counts(), list(User.objects.order_by("pk").values_list("password", flat=True))
        assert self.start() == self.printed
        assert counts() == before
        assert list(User.objects.order_by("pk").values_list("password", flat=True)) == passwords

    def test_people_who_came_later_do_not_stop_the_next_start(self):
        f.UserFactory()
        assert self.start() == self.printed

    def test_the_given_password_opens_even_when_it_changed(self):
        assert password_in(self.start(DEMO_PASSWORD="одно два три")) == "одно два три"
        self.start(DEMO_PASSWORD="четыре пять")
        assert User.objects.get(email=ACCOUNTS[0].email).check_password("четыре пять")

    def test_refuses_once_a_real_branch_joined_the_demo(self):
        f.BranchFactory(slug="tver", host="tver.example.org", is_default=False)
        with pytest.raises(CommandError, match="настоящее отделение"):
            self.start()

    def test_the_city_is_whole(self):
        sochi = Branch.objects.get(slug="sochi")
        ours = Community.objects.in_branch(sochi)
        assert ours.listed().count() >= 60
        places = (
            ours.listed().values_list("current__directions__0", "current__district").annotate(n=Count("pk"))
        )
        assert {direction for direction, _, _ in places} == set(Direction.values)
        assert {district for _, district, _ in places} == set(
            District.objects.filter(city__branch=sochi).values_list("pk", flat=True)
        )
        # A few cells are empty, for «чего здесь не хватает».
        assert 1 <= 24 - len(places) <= 6
        assert CensusRound.objects.for_branch(sochi).count() == 3
        states = dict(CensusRecord.objects.in_branch(sochi).values_list("state").annotate(n=Count("pk")))
        assert set(states) == set(State.values)
        claim = Claim.objects.in_branch(sochi).waiting().get()
        assert revisions_of(claim).get().at == claim.submitted_at
        assert Invitation.objects.usable().count() == 1
        assert Merge.objects.filter(undone_at=None).count() == 1
        this = CensusRound.objects.current_for(sochi)
        assert ours.not_confirmed_in(this).filter(current__state=State.APPROVED).count() >= 5
        assert ours.listed().unclaimed().filter(current__state=State.IMPORTED).count() >= 5
        assert kpi.count(sochi, this.year) >= 40
        # A typo is mended from the first minute on.
        for vocabulary in (SearchWord, EventWord):
            assert vocabulary.objects.in_branch(sochi).count() >= 100

    def test_the_queue_has_late_and_fresh_records_new_ones_and_edits(self):
        sochi = Branch.objects.get(slug="sochi")
        queue = list(CensusRecord.objects.in_branch(sochi).waiting().select_related("community"))
        today = timezone.localdate()
        ages = [working_days_between(timezone.localdate(record.submitted_at), today) for record in queue]
        assert sum(age > sochi.norm_days for age in ages) >= 2
        assert sum(age <= sochi.norm_days for age in ages) >= 2
        assert {record.community.current_id is None for record in queue} == {True, False}

    def test_returned_records_say_why(self):
        for record in CensusRecord.objects.filter(state=State.RETURNED):
            reasons = list(record.decisions.filter(accepted=False))
            assert reasons
            assert all(decision.reason for decision in reasons)
            assert [step.action for step in revisions_of(record)][-2:] == ["submit", "return"]

    def test_duplicates_are_there_to_be_found(self):
        twins = Contact.objects.filter(kind="phone").values("value").annotate(n=Count("pk")).filter(n__gt=1)
        assert len(twins) == 1
        keys = list(
            CensusRecord.objects.filter(name_key__startswith="чайная среда").values_list("state", flat=True)
        )
        assert State.IMPORTED in keys
        assert State.APPROVED in keys

    def test_every_record_has_its_trail(self):
        traced = set(
            Revision.objects.filter(target="communities.censusrecord").values_list("target_id", flat=True)
        )
        assert traced >= set(CensusRecord.objects.values_list("pk", flat=True))
        for record in CensusRecord.objects.filter(state=State.APPROVED):
            last = revisions_of(record).filter(action="approve").get()
            assert (last.actor, last.at) == (record.decided_by, record.decided_at)
            assert record.decided_by_id != record.submitted_by_id

    def test_history_leads_to_todays_figure(self):
        for branch in Branch.objects.all():
            year = timezone.localdate().year
            values = list(
                Datum.objects.in_branch(branch)
                .filter(indicator__code=kpi.code, on__gte=CensusRound.objects.current_for(branch).opens_on)
                .order_by("on")
                .values_list("value", flat=True)
            )
            assert len(values) > 40
            assert values == sorted(values)
            assert values[-1] == kpi.count(branch, year)

    def test_the_citys_year_counts_and_opens_down_to_its_proofs(self):
        sochi, year = Branch.objects.get(slug="sochi"), timezone.localdate().year
        for figure in (state_events_supported, talks_given):
            data = Datum.objects.in_branch(sochi).filter(indicator__code=figure.code, on__year=year)
            values = list(data.order_by("on").values_list("value", flat=True))
            assert values == sorted(values)
            assert values[-1] == figure.count(sochi, year)
        for support in StateEventSupport.objects.confirmed():
            steps = [step.action for step in revisions_of(support).order_by("at")]
            assert steps == ["offer", "accept", "submit", "approve"]
            assert support.link.endswith("_demo")
        states = set(StateEventSupport.objects.values_list("offer", flat=True))
        assert {"offered", "accepted", "declined"} == states
        assert set(Talk.objects.values_list("state", flat=True)) == {"submitted", "returned", "approved"}

    def test_the_calendar_is_as_full_as_a_citys(self):
        sochi, now = Branch.objects.get(slug="sochi"), timezone.now()
        dates = Occurrence.objects.in_branch(sochi).listed()
        year = dates.filter(starts_at__gt=now - HALF_A_YEAR, starts_at__lt=now + HALF_A_YEAR)
        assert year.count() >= 1500
        assert Event.objects.in_branch(sochi).published().series().count() >= 40
        assert ImportedEvent.objects.filter(event__branch=sochi).exists()
        # Somebody goes and somebody waits for a date that is still to come.
        coming = Registration.objects.in_branch(sochi).to_come(now)
        assert coming.waiting().exists()
        assert coming.going().exists()
        assert Talk.objects.filter(branch=sochi, state=State.APPROVED).exists()
        assert StateEventSupport.objects.confirmed().filter(branch=sochi).exists()
        assert clashes_between(dates, now, now + timedelta(days=7))

    def test_stories_fit_the_questionnaire(self):
        for record in CensusRecord.objects.exclude(state=State.IMPORTED).select_related("community"):
            record.full_clean(exclude=["logo", "confirms"])
        assert all(len(s.directions) <= 3 and len(s.topics) <= 6 for rows in STORIES.values() for s in rows)
        for record in CensusRecord.objects.all():
            for row in [*record.offers, *record.needs]:
                assert row["text"]
                assert row["kind"] in ResourceKind.values

    def test_every_role_can_sign_in(self):
        printed = self.printed
        password = password_in(printed)
        for account in ACCOUNTS:
            user = User.objects.get(email=account.email)
            assert account.email in printed
            assert user.is_demo
            assert user.check_password(password)
            assert user.emailaddress_set.get().verified
        assert set(Role.objects.values_list("role", flat=True)) == set(RoleKind.values)
        assert not Role.objects.filter(user__email="new@demo.example").exists()
        # The others are personas: nobody signs in as them.
        assert not User.objects.exclude(email__endswith="@demo.example").exists()
        assert all(
            not u.has_usable_password() for u in User.objects.exclude(email__in=[a.email for a in ACCOUNTS])
        )

    def test_public_names_and_contacts_have_their_consent(self):
        shown = Contact.objects.filter(is_public=True)
        assert shown.count() > 10
        assert shown.count() == Contact.objects.published().count()
        for community in Community.objects.filter(stewardships__is_public=True):
            steward = community.stewardships.filter(is_public=True).first()
            assert Consent.objects.filter(
                user=steward.user, subject=f"name:{steward.pk}", given=True
            ).exists()

    def test_links_and_phones_are_recognisably_invented(self):
        for record in CensusRecord.objects.all():
            for link in filter(None, (record.vk, record.telegram, record.site, record.other_link)):
                assert link.endswith("_demo")
        assert not Contact.objects.filter(kind="phone").exclude(value__startswith="+790000").exists()

    def test_leaders_have_something_to_read_and_coordinators_something_to_look_into(self):
        sochi = Branch.objects.get(slug="sochi")
        mine = Notification.objects.inbox_of(User.objects.get(email="leader@demo.example"))
        assert {"census_returned", "round_reminder"} <= set(mine.unread().values_list("kind", flat=True))
        assert mine.exclude(read_at=None).exists()
        theirs = Delivery.objects.in_branch(sochi)
        assert {"sent", "queued", "held", "failed", "skipped"} <= set(theirs.values_list("state", flat=True))
        assert not Delivery.objects.due().exists()  # nothing leaves the demo
        assert all(reason_of(row) for row in theirs.filter(state="failed"))
        times = list(mine.values_list("created_at", flat=True))
        assert times == sorted(times, reverse=True)

    def test_nobody_of_kazan_sees_sochi(self):
        coordinator = User.objects.get(email="kazan@demo.example")
        assert {role.branch.slug for role in coordinator.roles.all()} == {"kazan"}
        assert Community.objects.filter(branch__slug="kazan", listing=Listing.LISTED).count() == 5


@pytest.mark.parametrize("day", ["2026-01-05", "2026-07-01", "2028-02-29"])
def test_everything_lies_in_the_past_on_any_day(demo, day):
    with time_machine.travel(datetime.fromisoformat(f"{day}T12:00:00+03:00"), tick=False):
        demo()
        now = timezone.now()
        for model, field in (
            (Revision, "at"), (Consent, "at"), (CensusRecord, "submitted_at"), (CensusRecord, "decided_at"),
            (CensusRecord, "created_at"), (Community, "listed_at"), (Datum, "measured_at"), (User, "date_joined"),
            (StateEventSupport, "offered_at"), (StateEventSupport, "answered_at"), (StateEventSupport, "submitted_at"),
            (StateEventSupport, "decided_at"), (Talk, "submitted_at"), (Talk, "decided_at"),
            (Notification, "created_at"), (Delivery, "queued_at"), (Delivery, "sent_at"),
        ):  # fmt: skip
            assert not model.objects.filter(**{f"{field}__gt": now}).exists(), (model, field)
        assert not CensusRecord.objects.filter(decided_at__lt=F("submitted_at")).exists()
        assert not CensusRecord.objects.filter(submitted_at__lt=F("created_at")).exists()
        assert not StateEventSupport.objects.filter(submitted_at__lt=F("event__ends_at")).exists()
        sochi = Branch.objects.get(slug="sochi")
        assert kpi.count(sochi, now.year) >= 40
        assert StateEventSupport.objects.confirmed().count() >= 30
        # The coordinator has something to call organisers about.
        assert clashes_between(Occurrence.objects.in_branch(sochi).listed(), now, now + timedelta(days=7))
        oldest = CensusRecord.objects.waiting().first()
        assert now - oldest.submitted_at > timedelta(days=7)


def test_places_of_sochi_are_on_land():
    for story in STORIES["sochi"]:
        lat, lng = story.at
        (a_lat, a_lng), (b_lat, b_lng) = next(pair for pair in pairwise(SHORE) if pair[1][0] <= lat)
        shore = a_lng + (b_lng - a_lng) * (a_lat - lat) / (a_lat - b_lat)
        assert lng > shore, (story.name, story.at, shore)
        assert 43.38 < lat < 44.0
        assert 39.2 < lng < 40.35


def test_refuses_without_demo_mode(demo, settings):
    settings.DEMO = False
    with pytest.raises(CommandError, match="DEMO=1"):
        demo()


def test_refuses_a_database_with_a_real_branch(demo):
    f.BranchFactory()
    before = counts()
    with pytest.raises(CommandError, match="настоящее отделение"):
        demo()
    assert counts() == before


def test_refuses_a_database_with_people(demo):
    f.UserFactory()
    with pytest.raises(CommandError, match="уже есть люди"):
        demo()
