"""What a person's download says of their registrations, and what erasing them leaves."""

import json

import pytest

from events.models import Registration
from hub import my_data
from hub.models import Notification
from tests import factories as f

pytestmark = pytest.mark.django_db


def test_the_download_names_ones_registrations_alone():
    event, person = f.opened(1), f.UserFactory()
    mine = f.registration(event, person)
    f.registration(event)
    [row] = json.loads(my_data.export(person))["events.registration"]
    assert (row["occurrence"], row["state"]) == (mine.occurrence_id, "going")


def test_erasing_gives_the_seat_to_whoever_waits_and_leaves_no_name():
    event, person = f.opened(1), f.UserFactory(name="Канарейка Желтопёрая")
    f.registration(event, person)
    waits = f.registration(event)
    my_data.erase(person, by=person)
    assert [row.user for row in Registration.objects.live()] == [waits.user]
    assert Registration.objects.live().get().state == "going"
    [told] = Notification.objects.filter(kind="registration_promoted")
    assert told.user == waits.user
    assert not Notification.objects.filter(context__icontains="Канарейка").exists()
