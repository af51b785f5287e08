"""«Повторить как новое»: what a community has held before is announced again without writing it anew."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from events.actions.announcing import invite_organiser
from events.choices import OrganiserState
from events.models import Event
from hub.uploads import store_picture
from tests import factories as f
from tests.architecture.cast import picture
from tests.flows.visitor import Visitor

pytestmark = pytest.mark.django_db

WHEN = {"day": "2027-09-04", "start": "12:00", "end": "13:00", "repeats": "no"}


@pytest.fixture
def old():
    cover = store_picture(SimpleUploadedFile("афиша.png", picture()), by=None, public=True)
    return f.published(
        description="С собой воду.", place="у входа", goal="Здоровый город", is_free=False, price="300 ₽",
        takes_registrations=True, capacity=20, cover=cover, rrule="FREQ=WEEKLY;COUNT=4",
    )  # fmt: skip


@pytest.fixture
def leader(old):
    return old.created_by


def test_a_new_event_begins_with_the_words_of_the_old_one(old, leader):
    f.registration(old)
    page = Visitor(leader).open(f"/cabinet/events/{old.pk}/")
    assert page.sees("Повторить как новое")
    page.open(f"/cabinet/events/new/?copy={old.pk}")
    assert page.sees("Всё как в событии «Прогулка по Мацесте»", "Убрать обложку")
    assert "20" in page.html
    (form,) = [form for form in page.forms if "token" in form.fields]
    assert [form.fields[name] for name in ("day", "start", "until", "count", "repeats")] == [
        [""], [""], [""], [""], ["no"]
    ]  # fmt: skip
    page.send(**WHEN)
    new = Event.objects.exclude(pk=old.pk).get()
    same = (
        "title", "short", "description", "place", "goal", "is_free", "price", "takes_registrations", "capacity",
        "venue", "topics", "ages", "cover",
    )  # fmt: skip
    assert [getattr(new, name) for name in same] == [getattr(old, name) for name in same]
    assert (new.rrule, new.state, new.slug == old.slug, new.uid == old.uid) == ("", "draft", False, False)
    assert list(new.organisers.values_list("community")) == list(old.organisers.values_list("community"))
    assert new.occurrences.get().going == 0


def test_a_refused_copy_keeps_what_was_typed_and_the_cover(old, leader):
    page = Visitor(leader).open(f"/cabinet/events/new/?copy={old.pk}")
    page.send(**WHEN | {"day": None}, title="Прогулка осенью")
    assert page.sees("Укажите день", "Убрать обложку")
    page.send(**WHEN)
    new = Event.objects.exclude(pk=old.pk).get()
    assert (new.title, new.cover) == ("Прогулка осенью", old.cover)


def test_the_cover_can_be_left_behind(old, leader):
    Visitor(leader).open(f"/cabinet/events/new/?copy={old.pk}").send(**WHEN, cover_off="on")
    assert Event.objects.exclude(pk=old.pk).get().cover is None
    old.refresh_from_db()
    assert old.cover is not None


def test_of_several_communities_those_that_hold_it_are_asked(old, leader):
    other, third = f.approved(leader).community, f.approved(leader).community
    page = Visitor(leader).open(f"/cabinet/events/new/?copy={old.pk}")
    assert page.path.endswith(f"&copy={old.pk}")
    invite_organiser(old, other, by=leader)
    old.organisers.filter(community=other).update(state=OrganiserState.ACCEPTED)
    page = Visitor(leader).open(f"/cabinet/events/new/?copy={old.pk}")
    assert page.sees("Какое сообщество", other.name)
    assert f"?community={other.slug}&amp;copy={old.pk}" in page.html
    assert third.slug not in page.html


@pytest.mark.parametrize(("key", "status"), [("0", 404), ("x", 404), ("9" * 30, 404), ("²", 404)])
def test_what_is_no_event_is_not_there(old, leader, key, status):
    client = Client()
    client.force_login(leader)
    assert client.get(f"/cabinet/events/new/?copy={key}").status_code == status


def test_what_others_hold_is_not_copied(old):
    own = f.approved().community
    stranger, coordinator = own.stewardships.get().user, f.coordinator(old.branch)
    f.StewardshipFactory(community=own, user=coordinator, role="co_leader")
    for user in (stranger, coordinator):
        client = Client()
        client.force_login(user)
        for address in (f"?copy={old.pk}", f"?community={own.slug}&copy={old.pk}"):
            assert client.get(f"/cabinet/events/new/{address}").status_code == 403
            assert client.post(f"/cabinet/events/new/{address}", WHEN).status_code == 403
    assert Event.objects.count() == 1


def test_the_button_is_for_those_who_hold_it(old):
    assert (
        not Visitor(f.coordinator(old.branch)).open(f"/cabinet/events/{old.pk}/").sees("Повторить как новое")
    )
    draft = f.event(title="Задумка")
    assert not Visitor(draft.created_by).open(f"/cabinet/events/{draft.pk}/").sees("Повторить как новое")


def test_another_city_has_no_such_event(old, leader):
    city = f.BranchFactory(slug="kazan", name="Казань", is_default=False)
    client = Client(headers={"host": city.host})
    client.force_login(leader)
    assert client.get(f"/cabinet/events/new/?copy={old.pk}").status_code == 404
