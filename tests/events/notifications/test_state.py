"""Letters about state events and talks: to whom, when, how often, in which words."""

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.utils import timezone

from events.actions.support import offer_support
from events.choices import Offer
from events.models import Event, StateEventSupport
from hub.choices import RoleKind
from hub.models import Notification, Reminded
from hub.outbox import reminders
from hub.outbox.kinds import kind_of
from hub.outbox.letters import subject_of
from tests import factories as f

pytestmark = pytest.mark.django_db

HOUR = timedelta(hours=1)


def over(hours):
    """An accepted support of an event that ended so long ago."""
    support = f.accepted(f.state_event(title="Субботник"))
    ends_at = timezone.now() - hours * HOUR
    Event.objects.filter(pk=support.event_id).update(starts_at=ends_at - 4 * HOUR, ends_at=ends_at)
    StateEventSupport.objects.update(answered_at=ends_at - 300 * HOUR)
    return support


def due():
    return Notification.objects.filter(kind="support_due")


@pytest.mark.parametrize(("hours", "told"), [(-5, 0), (10, 0), (16, 1), (60, 1), (24 * 8, 1), (24 * 22, 0)])
def test_the_proof_is_asked_for_within_its_windows(hours, told):
    over(hours)
    reminders.scan()
    reminders.scan()
    assert due().count() == told


def test_it_is_asked_for_twice_at_most_and_never_when_shown():
    support = over(16)
    reminders.scan()
    assert due().get().user == support.offered_by
    later = timezone.now() - 24 * 8 * HOUR
    Event.objects.filter(pk=support.event_id).update(starts_at=later - HOUR, ends_at=later)
    Reminded.objects.filter(reminder="support-due").update(moment=later)
    reminders.scan()
    assert due().count() == 2
    shown = f.proven(f.state_event(title="Уже показали"))
    Event.objects.filter(pk=shown.event_id).update(starts_at=later - HOUR, ends_at=timezone.now() - 16 * HOUR)
    reminders.scan()
    assert due().count() == 2


@pytest.mark.parametrize(
    "spoil",
    [
        lambda: StateEventSupport.objects.update(offer=Offer.WITHDRAWN),
        lambda: Event.objects.update(cancelled_at=timezone.now()),
    ],
)
def test_nothing_is_asked_for_what_did_not_come_about(spoil):
    over(16)
    spoil()
    reminders.scan()
    assert due().count() == 0


def test_the_administration_of_this_branch_hears_of_an_offer():
    f.staff(RoleKind.ADMINISTRATION, f.BranchFactory(slug="kazan"))
    f.coordinator()
    event, community = f.state_event(), f.approved().community
    official = event.created_by
    leader = community.stewardships.get().user
    offer_support(event, community, {"kinds": [], "how": "Хор", "people": None}, by=leader)
    note = Notification.objects.get(kind="support_offered")
    assert (note.user, note.path) == (official, f"/state-events/desk/{event.pk}/")


def test_an_ask_is_worth_nothing_after_its_last_day():
    f.approved()
    event = f.state_event()
    note = Notification.objects.get(kind="support_asked")
    midnight = datetime(2027, 1, 17, tzinfo=ZoneInfo("Europe/Moscow"))
    assert note.too_late_at == midnight
    assert not kind_of("support_asked").needs_act  # a digest may hold it
    assert note.path == f"/cabinet/state-events/{event.pk}/support/"


@pytest.mark.parametrize(
    ("kind", "context", "subject"),
    [
        ("support_asked", {}, "Город просит поддержать: «Субботник»"),
        ("support_offered", {"withdrawn": False}, "«Тропа» готово поддержать: «Субботник»"),
        ("support_offered", {"withdrawn": True}, "«Тропа» не сможет поддержать: «Субботник»"),
        ("support_answered", {"accepted": True}, "«Субботник»: вашу помощь приняли"),
        ("support_answered", {"accepted": False}, "«Субботник»: помощь не понадобилась"),
        ("support_due", {}, "«Субботник» прошло: покажите, как помогли"),
        ("support_confirmed", {}, "«Субботник»: вашу помощь засчитали"),
        ("support_returned", {"reason": "Нет"}, "«Субботник»: подтверждение нужно дополнить"),
        ("talk_approved", {}, "Выступление засчитали: «Тропы»"),
        ("talk_returned", {"reason": "Нет"}, "Выступление нужно дополнить: «Тропы»"),
    ],
)
def test_subjects(kind, context, subject):
    said = {"title": "Субботник", "name": "Тропа", "topic": "Тропы", "when": "", "day": ""}
    assert subject_of(kind, said | context) == subject
