"""The story of the outbox: what matters reaches people, at their hours, once — and stops when it is done."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from django.core import mail
from django.core.cache import cache
from django.db.models.functions import Now
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from communities.actions.review import return_record
from communities.models import CensusRecord
from hub import consents
from hub.choices import ConsentKind, DeliveryState
from hub.models import Delivery, Reminded
from hub.tasks import deliver, remind
from tests import factories as f
from tests.flows.test_census_to_kpi import next_round
from tests.flows.visitor import Visitor

pytestmark = pytest.mark.django_db


@pytest.fixture
def branch():
    cache.clear()
    branch = f.BranchFactory()
    f.RoundFactory(branch=branch, year=timezone.localdate().year)
    return branch


@pytest.fixture
def leader(branch):
    return f.UserFactory(name="Артур Хачатрян", email="arthur@example.org")


def letters(address: str = "arthur@example.org"):
    """What has come to `address` since the last look."""
    deliver()
    came = [letter for letter in mail.outbox if letter.to == [address]]
    mail.outbox.clear()
    return came


def unread(visitor: Visitor) -> int:
    visitor.open(reverse("cabinet"))
    found = re.search(r'id="bell"[^>]*aria-label="Уведомления(?:, (\d+))?', visitor.html)
    return int(found[1] or 0)


def sent_back(leader, branch, name="Тропа 862"):
    record = f.submitted(leader, name=name)
    return_record(record, by=f.coordinator(branch), reasons={"place": "Укажите вход с улицы."})
    return record


def test_a_returned_record_is_heard_of_everywhere_and_mended(branch, leader):
    consents.give(leader, ConsentKind.PROCESSING, channel="test")
    record = sent_back(leader, branch)
    visitor = Visitor(leader)

    # The letter says why and leads to the place.
    [letter] = letters()
    assert letter.subject == "Тропа 862: анкету нужно поправить"
    assert "Укажите вход с улицы." in letter.body
    html = letter.alternatives[0][0]
    button = re.search(r'href="([^"]+)"[^>]*>Поправить и отправить снова', html)
    assert button
    assert button[1] == f"{branch.origin}{reverse('cabinet')}"

    # So does the bell; opened, it is silent.
    assert unread(visitor) == 1
    visitor.open(reverse("inbox"))
    assert visitor.sees("Тропа 862: анкету нужно поправить")
    [link] = set(re.findall(rf'href="({reverse("inbox")}\d+/)"', visitor.html))
    visitor.open(link)
    assert visitor.path == reverse("cabinet")
    assert visitor.sees("Укажите вход с улицы.")
    assert unread(visitor) == 0

    # Not mended for three days, it is said once more; mended, no more.
    CensusRecord.objects.filter(pk=record.pk).update(decided_at=Now() - timedelta(days=3, minutes=1))
    remind()
    remind()
    assert [one.subject for one in letters()] == ["Тропа 862: анкета ждёт вашей правки"]
    visitor.open(reverse("census-step", args=[record.pk, "meetings"])).send(place="Вход с улицы Гагарина")
    visitor.open(reverse("census-check", args=[record.pk])).send(reverse("census-submit", args=[record.pk]))
    assert visitor.sees("Анкета отправлена")
    CensusRecord.objects.filter(pk=record.pk).update(decided_at=None, decided_by=None)
    remind()
    assert letters() == []


def settle(visitor: Visitor, **answers) -> None:
    visitor.open(reverse("notification-settings")).send(**answers)
    assert visitor.sees("Сохранили")


def test_at_night_it_waits_for_the_morning(branch, leader):
    now = timezone.localtime(timezone=branch.tz)
    settle(
        Visitor(leader),
        quiet="on",
        quiet_from=f"{now - timedelta(hours=2):%H:%M}",
        quiet_until=f"{now + timedelta(hours=2):%H:%M}",
    )
    sent_back(leader, branch)
    assert letters() == []
    assert unread(Visitor(leader)) == 1  # in the portal it stands at once
    waits = Delivery.objects.get(notification__user=leader)
    assert (
        timezone.localtime(waits.next_try_at, branch.tz).strftime("%H:%M")
        == f"{now + timedelta(hours=2):%H:%M}"
    )
    # The morning has come.
    settle(Visitor(leader), quiet=None)
    Delivery.objects.update(next_try_at=Now())
    assert len(letters()) == 1


def test_a_digest_collects_news_and_hides_nothing_that_asks_for_an_act(branch, leader):
    settle(Visitor(leader), digest="daily", digest_at="09:00")
    boss = Visitor(f.coordinator(branch))
    for name in ("Хор", "Тропа"):
        record = f.submitted(leader, name=name)
        boss.open(reverse("review-record", args=[record.pk])).send("decide", press=("do", "approve"))
    sent_back(leader, branch, name="Чай")
    assert [one.subject for one in letters()] == ["Чай: анкету нужно поправить"]
    # Nine o'clock.
    Delivery.objects.filter(state=DeliveryState.HELD).update(next_try_at=Now())
    [digest] = letters()
    assert digest.subject == "Сводка: 2 новости"
    assert "Хор: анкета одобрена" in digest.body
    assert "Тропа: анкета одобрена" in digest.body
    assert letters() == []


def test_one_click_and_no_more_such_letters(branch, leader):
    sent_back(leader, branch)
    [letter] = letters()
    address = letter.extra_headers["List-Unsubscribe"].strip("<>").removeprefix(branch.origin)
    answer = Client(enforce_csrf_checks=True).post(address, {"List-Unsubscribe": "One-Click"})
    assert answer.status_code == 200
    sent_back(leader, branch, name="Хор")
    assert letters() == []
    visitor = Visitor(leader)
    assert unread(visitor) == 2  # the portal itself goes on telling
    visitor.open(reverse("notification-settings"))
    box = re.search(r'<input[^>]*name="census_returned:email"[^>]*>', visitor.html)
    assert box
    assert "checked" not in box[0]


def test_a_round_asks_reminds_and_falls_silent(branch, leader):
    record = f.approved(leader, name="Тропа 862")
    other = f.UserFactory(email="other@example.org")
    f.approved(other, name="Хор")
    this = next_round(branch)
    Visitor(f.coordinator(branch)).open(reverse("round-list")).send(reverse("round-open", args=[this.pk]))
    assert len(letters()) == 1

    def days_before_the_end(days: int) -> None:
        this.closes_on = timezone.now().date() + timedelta(days=days)
        this.save()
        remind()

    this.refresh_from_db()
    this.opened_at -= timedelta(days=60)
    this.opens_on = timezone.localdate() - timedelta(days=60)
    days_before_the_end(20)
    assert letters() == []
    days_before_the_end(13)
    remind()
    assert len(letters()) == 1
    Visitor(leader).open(reverse("cabinet")).send("confirm")
    assert CensusRecord.objects.filter(confirms=record).exists()
    days_before_the_end(2)
    assert letters() == []  # done
    deliver()
    assert Delivery.objects.filter(notification__user=other, notification__kind="round_reminder").count() == 2


def test_the_norm_is_told_before_it_breaks_and_after(branch, leader):
    boss = f.coordinator(branch, email="marina@example.org")
    first, second = f.submitted(leader, name="Тропа 862"), f.submitted(name="Хор")
    waiting = CensusRecord.objects.filter(pk__in=[first.pk, second.pk])

    def norm_ends_in(hours: int) -> None:
        waiting.update(submitted_at=Now() - timedelta(days=9), decide_by=Now() + timedelta(hours=hours))
        remind()
        remind()

    norm_ends_in(40)
    assert letters("marina@example.org") == []
    norm_ends_in(15)
    [letter] = letters("marina@example.org")
    assert letter.subject == "Сегодня последний день: 2 дела ждут решения"
    assert "«Тропа 862», «Хор»" in letter.body
    Visitor(boss).open(reverse("review-record", args=[second.pk])).send("decide", press=("do", "approve"))
    norm_ends_in(-1)
    [letter] = letters("marina@example.org")
    assert letter.subject == "Норма нарушена: 1 дело ждёт решения"
    Visitor(boss).open(reverse("review-record", args=[first.pk])).send("decide", press=("do", "approve"))
    norm_ends_in(-80)
    assert letters("marina@example.org") == []
    assert Reminded.objects.filter(reminder="record-norm").count() == 3
