from __future__ import annotations

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from communities.actions import imports
from communities.choices import ImportStage
from communities.models import Community, ImportBatch
from communities.tables import read_table
from hub.approvals import AlreadyDecided
from tests import factories as f
from tests.communities.tables import sample

pytestmark = pytest.mark.django_db


@pytest.fixture
def me(client):
    user = f.coordinator(f.CityFactory().branch)
    client.force_login(user)
    return user


def upload(client, content: str | bytes, name="перепись.csv"):
    content = content.encode() if isinstance(content, str) else content
    return client.post(reverse("import-list"), {"file": SimpleUploadedFile(name, content)})


def columns(batch) -> dict[str, object]:
    return {"has_header": "on"} | {f"column{at}": name for name, at in batch.mapping.items()}


def planned(client, content=None) -> ImportBatch:
    upload(client, content or sample.as_semicolons())
    batch = ImportBatch.objects.latest("pk")
    client.post(reverse("import-columns", args=[batch.pk]), columns(batch))
    batch.refresh_from_db()
    return batch


def test_from_file_to_report(client, me, django_capture_on_commit_callbacks):
    response = upload(client, sample.as_semicolons())
    batch = ImportBatch.objects.get()
    assert response["Location"] == reverse("import-columns", args=[batch.pk])
    page = client.get(response["Location"]).content.decode()
    assert "Столбец 3: Название" in page
    response = client.post(response["Location"], columns(batch), follow=True)
    assert "Импортировать 6 строк" in response.content.decode()
    assert not Community.objects.exists()
    client.post(reverse("import-start", args=[batch.pk]))
    client.post(reverse("import-start", args=[batch.pk]))
    detail = reverse("import-detail", args=[batch.pk])
    running = client.get(detail).content.decode()
    assert "Идёт импорт" in running
    assert 'http-equiv="refresh"' in running  # without scripts the page asks again by itself
    bar = client.get(reverse("import-progress", args=[batch.pk]))
    assert "<progress" in bar.content.decode()
    assert "<html" not in bar.content.decode()
    batch.refresh_from_db()
    assert imports.run_import(batch)
    assert client.get(reverse("import-progress", args=[batch.pk]))["HX-Redirect"] == detail
    done = client.get(detail).content.decode()
    assert "Импорт завершён" in done
    assert "ждёт вас" in done
    report = client.get(reverse("import-report", args=[batch.pk, "xlsx"]))
    rows = read_table(report.content)
    assert len(rows) == 7
    assert rows[1][:2] == ["2", "Новое"]
    assert "filename=" in report["Content-Disposition"]
    text = client.get(reverse("import-report", args=[batch.pk, "csv"])).content.decode("utf-8-sig")
    assert text.count("\r\n") == 7


def test_reports_hold_no_formulas(client, me):
    batch = planned(client, 'Название;Город;Описание\n=HYPERLINK("http://evil.example");Сочи;+cmd|calc\n')
    for kind in ("csv", "xlsx"):
        content = client.get(reverse("import-report", args=[batch.pk, kind])).content
        assert all(cell[:1] not in ("=", "@", "+") for row in read_table(content) for cell in row)
    assert client.get(f"/imports/{batch.pk}/report.pdf").status_code == 404


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "Файл пустой"),
        (b"\x89PNG\r\n\x1a\n" + bytes(range(256)) * 9, "не таблица"),
        (b"x" * (10 * 1024 * 1024 + 1), "больше 10 МБ"),
    ],
)
def test_a_refused_file_is_answered_in_words(client, me, content, said):
    response = upload(client, content)
    assert response.status_code == 422
    assert said in response.content.decode()
    assert not ImportBatch.objects.exists()


def test_a_column_chosen_twice_or_no_names(client, me):
    upload(client, sample.as_semicolons())
    batch = ImportBatch.objects.get()
    address = reverse("import-columns", args=[batch.pk])
    twice = client.post(address, {"column0": "name", "column1": "name"})
    assert twice.status_code == 422
    assert "уже выбрано" in twice.content.decode()
    assert "столбце названия" in client.post(address, {"column0": "city"}).content.decode()


def test_rows_are_filtered_and_decided(client, me):
    batch = planned(client)
    imports.start_import(batch, by=me)
    imports.run_import(batch)
    row = batch.rows.get(needs_person=True)
    page = client.get(reverse("import-detail", args=[batch.pk]), {"fate": "waiting"}).content.decode()
    assert "Родник" in page
    assert "Тёплый дом" not in page
    place = reverse("import-place", args=[batch.pk])
    assert client.post(place, {"as": "place", "row": row.pk, "city": 0}).status_code == 404
    client.post(place, {"as": "place", "row": row.pk, "city": me.roles.get().branch.cities.get().pk})
    assert Community.objects.listed().count() == 6
    # Decided by one, then by another from an old page: nothing changes, no error page.
    assert client.post(place, {"as": "archive", "row": row.pk}).status_code == 302
    assert Community.objects.listed().count() == 6
    assert client.post(reverse("import-settle", args=[row.pk]), {"as": "same"}).status_code == 302


def test_a_table_can_be_dropped_until_it_is_imported(client, me):
    batch = planned(client)
    client.post(reverse("import-drop", args=[batch.pk]))
    assert not ImportBatch.objects.exists()
    batch = planned(client)
    imports.start_import(batch, by=me)
    client.post(reverse("import-drop", args=[batch.pk]))
    assert ImportBatch.objects.get().stage == ImportStage.RUNNING


def test_another_branch_sees_nothing(client, me):
    batch = planned(client)
    client.force_login(f.coordinator(f.BranchFactory(slug="kazan", name="Казань")))
    host = {"headers": {"host": "kazan.example.org"}}
    assert client.get(reverse("import-detail", args=[batch.pk]), **host).status_code == 404
    assert batch.filename not in client.get(reverse("import-list"), **host).content.decode()
    assert client.get(reverse("import-detail", args=[batch.pk])).status_code == 403


def test_queries_do_not_grow_with_rows(client, me):
    counts = []
    for rows in (sample.ROWS[:1], sample.ROWS[:3]):
        batch = planned(client, sample.as_semicolons(rows))
        imports.start_import(batch, by=me)
        imports.run_import(batch)
        for address in (reverse("import-list"), reverse("import-detail", args=[batch.pk])):
            with CaptureQueriesContext(connection) as queries:
                client.get(address)
            counts.append(len(queries))
    assert counts[:2] == counts[2:]
    assert max(counts) <= 12


@pytest.mark.parametrize("number", ["9" * 30, "9" * 5000, "²", "-1", "\0"])
def test_numbers_that_are_no_keys_find_nothing(client, me, number):
    batch = planned(client)
    address = reverse("import-place", args=[batch.pk])
    assert client.post(address, {"row": [number], "as": "archive"}).status_code == 302
    assert client.post(address, {"row": ["1"], "city": number}).status_code == 404


def test_a_table_dropped_in_another_tab_is_told(client, me):
    batch = planned(client)
    imports.drop_import(batch, by=me)
    with pytest.raises(AlreadyDecided):
        imports.drop_import(batch, by=me)
