from __future__ import annotations

import io

import pytest
from django.core.management import CommandError, call_command

from communities.models import Community, ImportBatch
from communities.tables import read_table
from tests import factories as f
from tests.communities.tables import sample

pytestmark = pytest.mark.django_db


@pytest.fixture
def branch():
    return f.CityFactory().branch


def command(path, *arguments: str) -> str:
    out = io.StringIO()
    call_command("import_census", str(path), *arguments, stdout=out)
    return out.getvalue()


@pytest.fixture
def table(tmp_path):
    path = tmp_path / "перепись.csv"
    path.write_bytes(sample.as_semicolons().encode())
    return path


def test_a_dry_run_names_every_row_and_changes_nothing(branch, table):
    said = command(table, "--branch", "sochi", "--dry-run")
    assert said.count("Новое  ") == 6
    assert "    3  Новое" in said
    assert "АНО КЛУБ «СОСЕДИ»" in said
    assert "Строк: 6." in said
    assert not Community.objects.exists()
    assert not ImportBatch.objects.exists()


def test_twice_leaves_as_many(branch, table, tmp_path):
    command(table, "--branch", "sochi")
    report = tmp_path / "report.xlsx"
    assert "Без изменений: 6" in command(table, "--branch", "sochi", "--report", str(report))
    assert Community.objects.count() == 6
    assert len(read_table(report.read_bytes())) == 7


def test_without_a_branch_rows_go_by_their_cities(branch, table):
    f.CityFactory(
        branch=f.BranchFactory(slug="glazov", name="Глазов"), name="Глазов", region="Удмуртская Республика"
    )
    assert "Ждут координатора: 0" in command(table)
    assert Community.objects.filter(branch__slug="glazov").count() == 1


def test_headings_and_columns_can_be_told(branch, tmp_path):
    path = tmp_path / "a.csv"
    path.write_bytes("x;Тропа;Сочи\ny;Двор;Сочи\n".encode("cp1251"))
    said = command(
        path,
        "--branch",
        "sochi",
        "--no-header",
        "--encoding",
        "windows-1251",
        "--column",
        "name=2",
        "--column",
        "city=3",
    )
    assert "Новое: 2" in said


@pytest.mark.parametrize(
    ("content", "arguments", "why"),
    [
        (b"", (), "пустой"),
        (b"\xd0\xcf\x11\xe0" + b"\0" * 99, (), "xlsx"),
        (b"a;b\n1;2\n", ("--branch", "nowhere"), "Нет отделения"),
        (b"a;b\n1;2\n", ("--column", "nothing=1"), "Не понять"),
    ],
)
def test_refusals_are_errors_in_words(branch, tmp_path, content, arguments, why):
    path = tmp_path / "a.csv"
    path.write_bytes(content)
    with pytest.raises(CommandError, match=why):
        command(path, *arguments)
    with pytest.raises(CommandError, match="не открывается"):
        command(tmp_path / "nothing.csv", "--branch", "sochi")
