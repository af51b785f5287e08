"""Each private field carries a canary; reading every address as each role finds none where it may not be."""

from __future__ import annotations

import io
import zipfile

import pytest
from django.db import transaction
from django.urls import reverse

from communities.models import CensusRecord, Claim, Community, Contact, ImportRow
from events.models import Event, EventEdit, StateEventSupport, Talk
from hub.models import Notification, User
from tests.architecture.cast import ROLES, make_cast
from tests.architecture.test_routes import rows

#: Canary → who meets it. Everybody else never does.
MEETS = {
    "canary-leader-mail": {"leader", "coordinator"},
    "+79990000001": {"leader", "coordinator"},  # the leader's own number in the account
    "+79990000002": {"leader"},  # a contact without consent to publish
    "canary-hidden-name": {"leader", "coordinator", "official", "federal"},
    "canary-draft": {"leader"},
    # The registry says that somebody has begun, and how it is called: coordinators help to finish.
    "canary-begun": {"leader", "coordinator"},
    "canary-waiting": {"coordinator"},
    "canary-claim": {"coordinator"},
    "canary-import": {"coordinator"},
    # What was told: its receiver reads it, the coordinator sees what went out by its subject.
    "canary-told-words": {"leader"},
    "canary-told-subject": {"leader", "coordinator"},
    "canary-sign-in": set(),
    # An event that is not published yet: its people and those who may change it.
    "canary-planned": {"leader", "coordinator"},
    # What an event said before it was changed.
    "canary-before": {"coordinator"},
    # Who has registered for an event: its organisers and the coordinator.
    "canary-guest-name": {"member", "leader", "coordinator"},
    # What a community offered and did, and who spoke for it: those who decide or count.
    "canary-offer": {"coordinator", "official"},
    "canary-report": {"coordinator", "official", "federal"},
    "canary-speaker": {"coordinator", "official", "federal"},
}
#: What a signed-in page may call the person who looks at it.
EXTRA_ADDRESSES = [
    "/communities/?q=canary",
    "/outbox/?q=canary",
    "/communities/suggest/?q=canary",
    "/calendar/?view=list&month=2027-01",
    "/calendar/?month=2027-01",
    "/calendar/?day=2027-01-16",
    "/no/such/page/canary/",
]


def plant(cast) -> None:
    leader = cast.people["leader"]
    User.objects.filter(pk=leader.pk).update(
        email="canary-leader-mail@example.org", name="canary-hidden-name", phone="+79990000001"
    )
    User.objects.filter(pk=cast.people["member"].pk).update(name="canary-guest-name")
    community = Community.objects.get(pk=cast.things["community"])
    Contact.objects.create(
        stewardship=community.stewardships.get(user=leader),
        kind="phone",
        value="+79990000002",
        is_public=False,
    )
    CensusRecord.objects.filter(pk=cast.things["draft"]).update(short="canary-draft", name="canary-begun")
    CensusRecord.objects.filter(pk=cast.things["waiting"]).update(short="canary-waiting")
    Claim.objects.filter(pk=cast.things["claim"]).update(text="canary-claim")
    ImportRow.objects.filter(pk=cast.things["row"]).update(reason="canary-import")
    StateEventSupport.objects.filter(pk=cast.things["offered"]).update(how="canary-offer")
    StateEventSupport.objects.filter(event=cast.things["kept"]).update(report="canary-report")
    Talk.objects.update(speaker="canary-speaker")
    edited = EventEdit.objects.get(pk=cast.things["edited"])
    edited.before |= {"place": "canary-before"}
    edited.save()
    planned = Event.objects.get(slug=cast.things["planned"])
    words = {"title": "canary-planned", "place": "canary-planned"}
    Event.objects.filter(pk=planned.pk).update(short="canary-planned", description="canary-planned", **words)
    planned.occurrences.update(**words)
    Notification.objects.filter(pk=cast.things["told"]).update(
        subject="canary-told-subject",
        context={"name": "canary-told-words", "reasons": [{"label": "Место", "reason": "canary-told-words"}]},
    )
    Notification.objects.filter(kind="account").update(
        subject="canary-sign-in", context={"text": "canary-sign-in"}
    )


def text_of(response) -> str:
    content = b"".join(response.streaming_content) if response.streaming else response.content
    if content[:2] == b"PK":  # a workbook: read its sheets
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            content = b"".join(archive.read(name) for name in archive.namelist())
    return content.decode("utf-8", "replace").replace("%2B", "+")


def addresses(cast):
    for method, name, arguments, _codes in rows():
        if method == "GET" and name not in ("account_logout",):
            yield reverse(
                name, kwargs={key: cast.things.get(value, value) for key, value in arguments.items()}
            )
    yield from EXTRA_ADDRESSES


@pytest.mark.django_db
@pytest.mark.parametrize("role", ROLES)
def test_each_meets_the_canaries_that_are_theirs_and_no_other(role):
    """A canary that nobody meets anywhere would prove nothing."""
    cast = make_cast()
    plant(cast)
    met: dict[str, list[str]] = {}
    for address in addresses(cast):
        client = cast.client(role)
        with transaction.atomic():
            text = text_of(client.get(address))
            transaction.set_rollback(True)
        for canary in MEETS:
            if canary in text and canary not in address:
                met.setdefault(canary, []).append(address)
    theirs = {canary for canary, roles in MEETS.items() if role in roles}
    assert {canary: where for canary, where in met.items() if canary not in theirs} == {}
    assert met.keys() == theirs
