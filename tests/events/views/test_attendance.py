"""Who comes, for those who open the door: lists, search, check-in by a tap, the table."""

import csv
import io
import json
import re
from datetime import UTC, datetime, timedelta

import pytest
import time_machine

from events.actions.changing import cancel_occurrence
from events.actions.registering import withdraw
from events.models import Registration
from hub.models import User
from tests import factories as f

pytestmark = pytest.mark.django_db
HTMX = {"HX-Request": "true"}


@pytest.fixture(autouse=True)
def thursday():
    """Two days before SATURDAY."""
    with time_machine.travel(datetime(2027, 1, 14, 9, tzinfo=UTC), tick=False):
        yield


@pytest.fixture
def event(client):
    made = f.opened(2, rrule="FREQ=WEEKLY;COUNT=3")
    client.force_login(made.created_by)
    return made


def come(event, name, number=0):
    return f.registration(event, f.UserFactory(name=name), number)


def text(response):
    assert response.status_code == 200
    return " ".join(re.sub(r"<[^>]+>", " ", response.content.decode()).replace("\xa0", " ").split())


def here(event):
    return f"/cabinet/events/{event.pk}/registrations/"


def test_who_goes_and_who_waits_of_the_nearest_date(client, event):
    for name in ("Вера", "Анна", "Борис"):
        come(event, name)
    come(event, "Глеб", 1)
    said = text(client.get(here(event)))
    assert "Идут 2 из 2 Ждут 1 Пришли 0" in said
    assert said.index("Анна") < said.index("Вера") < said.index("Ждут места") < said.index("Борис")
    assert "Глеб" not in said
    second = event.occurrences.order_by("was_at")[1]
    assert "Глеб" in text(client.get(f"{here(event)}?date={second.pk}"))


def test_an_empty_list_says_what_will_be_here(client, event):
    assert "Пока никто не записался" in text(client.get(here(event)))


def test_wrong_dates_show_the_nearest(client, event):
    come(event, "Анна")
    for wrong in ("abc", "9" * 30, "999999"):
        assert "Анна" in text(client.get(f"{here(event)}?date={wrong}"))


def test_searching_by_parts_of_a_name(client, event):
    come(event, "Анна Первая")
    come(event, "Борис Первый")
    assert "Борис" not in text(client.get(f"{here(event)}?q=перв анна"))
    part = client.get(f"{here(event)}?q=борис", headers=HTMX | {"HX-Target": "attendance"})
    assert "<html" not in part.content.decode()
    assert "Борис" in text(part)
    assert "Среди записавшихся нет «Зоя»" in text(client.get(f"{here(event)}?q=Зоя"))


def test_one_tap_checks_in_and_another_takes_it_back(client, event):
    row = come(event, "Анна")
    address = f"{here(event)}{row.pk}/check/"
    answer = client.post(address, headers=HTMX)
    assert "Анна" in text(answer)
    assert re.search(r'id="here"[^>]*>1<', answer.content.decode())
    row.refresh_from_db()
    assert row.checked_in_by == event.created_by
    assert "Пришли 1" in text(client.get(here(event)))
    # Without scripts the page comes back at the same place.
    answer = client.post(address, {"do": "out"})
    assert answer.headers["Location"] == f"{here(event)}?date={row.occurrence_id}#r{row.pk}"
    assert "Пришли 0" in text(client.get(here(event)))


def test_somebody_who_has_withdrawn_meanwhile_is_not_checked_in(client, event):
    row = come(event, "Анна")
    withdraw(row, by=row.user)
    answer = client.post(f"{here(event)}{row.pk}/check/", headers=HTMX)
    assert "отменил запись" in json.loads(answer.headers["HX-Trigger"])["toast"]
    assert "отменил запись" in text(client.post(f"{here(event)}{row.pk}/check/", follow=True))
    assert not Registration.objects.exclude(checked_in_at=None).exists()


def test_a_registration_of_another_event_is_not_to_be_touched(client, event):
    other = come(f.opened(), "Чужая")
    assert client.post(f"{here(event)}{other.pk}/check/").status_code == 404
    date = other.occurrence_id
    assert client.get(f"{here(event)}{date}.csv").status_code == 404


def test_the_table_opens_in_excel_and_runs_nothing(client, event):
    come(event, "=cmd|'/c calc'!A1")
    come(event, "Анна; Первая")
    come(event, "Борис")
    date = event.occurrences.order_by("was_at")[0]
    answer = client.get(f"{here(event)}{date.pk}.csv")
    rows = list(csv.reader(io.StringIO(answer.content.decode("utf-8-sig")), delimiter=";"))
    assert rows[0] == ["№", "Имя", "Запись", "Когда записался", "Пришёл"]
    assert rows[1][:3] == ["1", "'=cmd|'/c calc'!A1", "Идёт"]
    assert rows[3] == ["3", "Борис", "В листе ожидания", "14.01.2027 12:00", ""]
    assert answer.headers["Content-Disposition"] == f'attachment; filename="{event.slug}-2027-01-16.csv"'
    assert "@example.org" not in answer.content.decode()


def test_addresses_stand_nowhere_even_without_a_name(client, event):
    guest = come(event, "").user
    said = client.get(here(event)).content.decode()
    assert "Имя не указано" in said
    assert guest.email not in said


def test_a_date_called_off_and_registration_closed_are_told(client, event):
    come(event, "Анна")
    date = event.occurrences.order_by("was_at")[0]
    cancel_occurrence(date, by=event.created_by)
    assert "Всем записавшимся об этом написали." in text(client.get(f"{here(event)}?date={date.pk}"))


def test_what_is_over_can_still_be_opened(client, event):
    come(event, "Анна")
    with time_machine.travel(f.SATURDAY + timedelta(days=1), tick=False):
        said = text(client.get(here(event)))
        assert "Анна" not in said
        assert "16 янв · 1" in said


def test_the_organisers_page_leads_here(client, event):
    assert f'href="{here(event)}"' in client.get(f"/cabinet/events/{event.pk}/").content.decode()


@pytest.mark.parametrize("rows", [1, 3])
def test_queries_do_not_grow_with_people(client, event, django_assert_num_queries, rows):
    for number in range(2 * rows):
        come(event, f"Гость {number}")
    client.force_login(User.objects.get(pk=event.created_by_id))
    with django_assert_num_queries(12):
        client.get(here(event))
    date = event.occurrences.order_by("was_at")[0]
    with django_assert_num_queries(8):
        client.get(f"{here(event)}{date.pk}.csv")
