"""Numbers of the outbox for probes, and what it forgets."""

from datetime import timedelta

import pytest
from django.db.models.functions import Now

from hub.models import Delivery, Notification, Reminded
from hub.outbox.health import KEPT, forget_old, measured
from tests import factories as f

pytestmark = pytest.mark.django_db


def test_an_idle_outbox():
    assert measured() == {"queued": 0, "lag_seconds": 0, "sending": 0, "failed_day": 0}


def test_what_waits_and_what_was_given_up(greet):
    for number in range(4):
        greet(key=f"greeting:{number}")
    keys = list(Delivery.objects.order_by("pk").values_list("pk", flat=True))
    Delivery.objects.filter(pk=keys[0]).update(next_try_at=Now() - timedelta(seconds=90))
    Delivery.objects.filter(pk=keys[1]).update(state="failed")
    Delivery.objects.filter(pk=keys[2]).update(state="sending")
    Delivery.objects.filter(pk=keys[3]).update(next_try_at=Now() + timedelta(hours=1))
    assert measured() == {
        "queued": 1,
        "lag_seconds": pytest.approx(90, abs=5),
        "sending": 1,
        "failed_day": 1,
    }


def test_ready_tells_them_and_metrics_only_to_whom_it_may_concern(client, settings, greet):
    f.BranchFactory()
    greet()
    assert client.get("/readyz").json()["outbox"]["queued"] == 1
    assert client.get("/metrics").status_code == 404
    settings.METRICS_TOKEN = "a long secret"
    assert client.get("/metrics", headers={"authorization": "Bearer wrong"}).status_code == 404
    answer = client.get("/metrics", headers={"authorization": "Bearer a long secret"})
    assert answer["Content-Type"].startswith("text/plain")
    assert "\nhub_outbox_queued 1\n" in answer.content.decode()


def test_old_messages_are_forgotten_with_their_deliveries(greet):
    greet(key="old")
    Notification.objects.update(created_at=Now() - KEPT - timedelta(days=1))
    greet(key="new")
    moments = {"old": KEPT + timedelta(days=1), "far": timedelta(days=-1)}
    for name, ago in moments.items():
        Reminded.objects.create(reminder=name, target=1, minutes=0, moment=Now() - ago, at=Now() - 2 * KEPT)
    forget_old()
    assert list(Notification.objects.values_list("key", flat=True)) == ["new"]
    assert Delivery.objects.count() == 1
    assert list(Reminded.objects.values_list("reminder", flat=True)) == ["far"]
