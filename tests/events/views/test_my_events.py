"""«Мои события»: all of them, part by part, page by page."""

from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from django.test import Client
from django.urls import reverse

from events.actions.announcing import publish, return_event
from events.actions.changing import cancel_event
from events.actions.remote import hide
from hub.choices import State
from tests import factories as f

pytestmark = pytest.mark.django_db
PAGE = reverse("my-events")
ONE = timedelta(days=1)


@pytest.fixture(autouse=True)
def thursday():
    with time_machine.travel(datetime(2027, 1, 14, 9, tzinfo=UTC), tick=False):
        yield


@pytest.fixture
def community():
    return f.approved().community


@pytest.fixture
def leader(community):
    client = Client()
    client.force_login(community.stewardships.get().user)
    return client


def titles(client, query=""):
    return [event.title for event in client.get(f"{PAGE}?{query}").context["rows"]]


def test_parts(leader, community):
    f.published(community, title="Потом", starts_at=f.SATURDAY + ONE)
    f.published(community, title="Скоро")
    f.published(community, title="Было", starts_at=f.SATURDAY - 365 * ONE)
    cancel_event(f.published(community, title="Дождь"), reason="", by=f.UserFactory())
    f.event(community, title="Набросок", starts_at=f.SATURDAY + 5 * ONE)
    sent = f.event(community, title="Отправлено", starts_at=f.SATURDAY + 6 * ONE)
    publish(sent, by=sent.created_by)
    back = f.event(community, title="Поправить", starts_at=f.SATURDAY + 7 * ONE)
    return_event(publish(back, by=back.created_by), reason="Где?", by=f.coordinator())
    f.published(title="Чужое")
    assert titles(leader) == ["Скоро", "Потом", "Набросок", "Отправлено", "Поправить"]
    assert titles(leader, "state=coming") == ["Скоро", "Потом"]
    assert titles(leader, "state=draft") == ["Набросок"]
    assert titles(leader, "state=submitted") == ["Отправлено"]
    assert titles(leader, "state=returned") == ["Поправить"]
    assert titles(leader, "state=past") == ["Дождь", "Было"]
    chips = {str(chip["label"]): chip["count"] for chip in leader.get(PAGE).context["chips"]}
    assert chips == {
        "Все текущие": 5, "Предстоящие": 2, "Черновики": 1, "На проверке": 1, "Вернули": 1,
        "Прошедшие и отменённые": 2,
    }  # fmt: skip
    assert titles(leader, "state=nonsense") == titles(leader)


def test_what_was_taken_out_of_the_calendar_is_in_no_part(leader, community):
    row = f.remote_calendar(community).imported.get()
    hide(row, by=row.event.created_by)
    f.e.Event.objects.update(state=State.RETIRED)
    page = leader.get(PAGE)
    assert (titles(leader), page.context["chips"][0]["count"]) == ([], 0)


def test_long_lists_have_pages(leader, community, monkeypatch):
    monkeypatch.setattr("events.views.my_events.PAGE", 2)
    for number in range(3):
        f.published(community, title=f"{number}", starts_at=f.SATURDAY + number * ONE)
    assert titles(leader) == ["0", "1"]
    assert titles(leader, "page=2") == ["2"]
    assert titles(leader, "page=x") == ["0", "1"]


def test_the_cabinet_leads_to_all_of_them(leader, community):
    f.published(community)
    assert f'href="{PAGE}"' in leader.get("/cabinet/").content.decode()


def test_nothing_yet_says_how_to_begin(leader):
    assert "Здесь будут ваши события" in leader.get(PAGE).content.decode()


@pytest.mark.parametrize("rows", [1, 3])
def test_queries_do_not_grow_with_rows(leader, community, django_assert_num_queries, rows):
    for number in range(rows):
        f.published(community, starts_at=f.SATURDAY + number * ONE)
    with django_assert_num_queries(8):
        assert leader.get(PAGE).status_code == 200
