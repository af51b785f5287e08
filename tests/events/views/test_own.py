"""Whoever holds an event no more: told who decided so, given back what they typed, shown nothing else."""

import re

import pytest
import time_machine
from django.utils import timezone

from communities.choices import StewardRole
from events.actions.announcing import invite_organiser, remove_organiser
from events.choices import OrganiserState
from tests import factories as f
from tests.architecture.test_html import faults
from tests.flows.visitor import Visitor

pytestmark = pytest.mark.django_db


@pytest.fixture
def event():
    return f.published(title="Субботник", description="Место сбора знают свои", takes_registrations=True)


@pytest.fixture
def organiser(event):
    """A second community that holds it."""
    other = f.approved(name="Хор «Прибой»").community
    row = invite_organiser(event, other, by=event.created_by)
    row.state, row.answered_by, row.answered_at = (
        OrganiserState.ACCEPTED, other.stewardships.get().user, timezone.now(),
    )  # fmt: skip
    row.save()
    return row


def take_off(organiser, **who):
    with time_machine.travel("2026-12-01T12:30:00+03:00", tick=False):
        remove_organiser(organiser, by=f.UserFactory(**who))


def test_what_was_typed_in_the_meantime_comes_back(event, organiser):
    leader = organiser.answered_by
    page = Visitor(leader).open(f"/cabinet/events/{event.pk}/edit/")
    take_off(organiser, name="Анна Первая")
    long = "Первая строка\nвторая & <b>жирная</b>"
    page.send(title="</textarea><script>alert(1)</script>", description=long, status=403)
    assert page.sees("Вы больше не среди организаторов", "Сообщество «Хор «Прибой»» убрали из организаторов")
    assert page.sees("Кто и когда: Анна Первая, 01.12.2026, 12:30", "Набранное ниже — скопируйте")
    kept = re.search(r"<textarea[^>]*>(.*?)</textarea>", page.html, re.S)[1]
    assert "Как называется?\n&lt;/textarea&gt;&lt;script&gt;alert(1)&lt;/script&gt;" in kept
    assert "Подробности\nПервая строка\nвторая &amp; &lt;b&gt;жирная&lt;/b&gt;" in kept
    assert "alert(1)</script>" not in page.html
    assert list(faults(page.html)) == []
    # Neither the event nor whoever else holds it is named.
    assert "Субботник" not in page.html
    assert event.organisers.get().community.name not in page.html
    event.refresh_from_db()
    assert event.title == "Субботник"


@pytest.mark.parametrize(
    ("path", "said", "label"),
    [
        ("cancel/", {"reason": "Шторм на море"}, "Почему"),
        ("dates/{date}/", {"note": "Шторм на море"}, "Что изменилось"),
    ],
)
def test_other_words_come_back_too(client, event, organiser, path, said, label):
    take_off(organiser)
    client.force_login(organiser.answered_by)
    path = path.format(date=event.occurrences.get().pk)
    answer = client.post(f"/cabinet/events/{event.pk}/{path}", said)
    assert answer.status_code == 403
    assert f"{label}\nШторм на море" in answer.content.decode()


def test_whoever_only_looks_in_reads_why_and_no_more(event, organiser):
    take_off(organiser, name="", email="secret@example.org")
    page = Visitor(organiser.answered_by).open(f"/cabinet/events/{event.pk}/", status=403)
    assert page.sees("Вы больше не среди организаторов", "Кто и когда: 01.12.2026, 12:30")
    assert "secret@example.org" not in page.html
    assert "<textarea" not in page.html


def test_whoever_left_the_community_in_the_meantime_keeps_what_they_typed(event):
    editor = f.UserFactory()
    row = f.c.Stewardship.objects.create(
        community=event.organisers.get().community, user=editor, role=StewardRole.EDITOR
    )
    page = Visitor(editor).open(f"/cabinet/events/{event.pk}/edit/")
    row.delete()
    page.send(description="Берите перчатки", status=403)
    assert page.sees("Сейчас вас среди них нет", "Набранное ниже — скопируйте", "Берите перчатки")
    assert list(faults(page.html)) == []
    assert "знают свои" not in page.html
    event.refresh_from_db()
    assert event.description == "Место сбора знают свои"


def test_a_stranger_hears_nothing_of_it(event, organiser):
    take_off(organiser, name="Анна Первая")
    page = Visitor(f.approved().community.stewardships.get().user)
    page.open(f"/cabinet/events/{event.pk}/", status=403)
    assert page.sees("Эта страница не для всех")
    assert not page.sees("Анна Первая")


def test_an_organiser_who_is_back_is_let_in(event, organiser):
    take_off(organiser)
    again = invite_organiser(event, organiser.community, by=event.created_by)
    again.state, again.answered_by, again.answered_at = (
        OrganiserState.ACCEPTED, organiser.answered_by, timezone.now(),
    )  # fmt: skip
    again.save()
    assert Visitor(organiser.answered_by).open(f"/cabinet/events/{event.pk}/").sees("Субботник")
