from __future__ import annotations

import io
import time
import zipfile

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from communities.tables import (
    TableRefused,
    guess_mapping,
    has_header,
    neutral,
    read_table,
    take_row,
    write_csv,
    write_xlsx,
)
from communities.tables.places import Places
from communities.tables.reading import MAX_BYTES, MAX_CELL
from tests.communities.tables import sample

NAMES = [
    "МБУ «Зелёный берег»", "АНО КЛУБ «СОСЕДИ»", "«Поющий двор»", "«ХВОСТ» И ЛАПЫ", "Тёплый дом", "ТОС Родник",
]  # fmt: skip


def names(content: bytes, **how) -> list[str]:
    rows = read_table(content, **how)
    header = has_header(rows)
    mapping = guess_mapping(rows, header=header)
    return [take_row(row, mapping, Places([])).answers["name"] for row in rows[header:]]


@pytest.mark.parametrize("header", [True, False])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1251", "utf-16", "utf-16-le"])
@pytest.mark.parametrize(
    "write",
    [sample.as_semicolons, *(lambda header, d=d: sample.as_csv(d, header=header) for d in ";,\t|")],
    ids=["export", "semicolon", "comma", "tab", "bar"],
)
def test_every_way_of_writing_gives_the_same_names(write, encoding, header):
    assert names(write(header=header).encode(encoding)) == NAMES


@pytest.mark.parametrize("header", [True, False])
def test_a_workbook_gives_the_same_names(header):
    assert names(sample.as_xlsx(header=header)) == NAMES


def test_signs_of_emptiness_are_empty():
    assert read_table("а;б\n-;нет\nx;—\n".encode()) == [["а", "б"], [], ["x", ""]]


def test_row_numbers_agree_with_the_sheet():
    rows = read_table("Город;Название\n\n;;\nСочи;Тропа\n".encode())
    assert rows[3] == ["Сочи", "Тропа"]
    assert rows[1] == rows[2] == []


def test_line_breaks_inside_quotes_stay_in_one_cell():
    rows = read_table('Город,Название,Описание\nСочи,Тропа,"Первая строка\nвторая, с запятой"\n'.encode())
    assert rows[1] == ["Сочи", "Тропа", "Первая строка\nвторая, с запятой"]


def test_unquoted_delimiters_in_the_text_are_put_together():
    text = "Город;Название;Описание;Ссылка\n" + "Сочи;Тропа;Длинный рассказ о тропе и о людях;vk.com/a\n" * 3
    rows = read_table((text + "Сочи;Двор;Чиним; красим; сажаем;vk.com/b\n").encode())
    assert rows[-1] == ["Сочи", "Двор", "Чиним; красим; сажаем", "vk.com/b"]


def test_a_long_cell_is_cut_and_a_note_of_excel_is_read():
    assert len(read_table(("а;б\n" + "ы" * 50_000 + ";1\n").encode())[1][0]) == MAX_CELL
    assert read_table("sep=|\nа|б\n1|2\n".encode())[0] == ["а", "б"]


def test_a_named_encoding_is_obeyed():
    assert read_table("имя;город\nТропа;Сочи\n".encode("koi8-r"), encoding="koi8-r")[1] == ["Тропа", "Сочи"]
    with pytest.raises(TableRefused, match="кодировке"):
        read_table(b"\xff\xfe1", encoding="ascii")


def _zip(members: dict[str, bytes]) -> bytes:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    return stream.getvalue()


def _sheet(xml: bytes) -> bytes:
    """A real workbook with its sheet replaced."""
    with zipfile.ZipFile(io.BytesIO(sample.as_xlsx())) as archive:
        members = {name: archive.read(name) for name in archive.namelist()}
    return _zip(members | {"xl/worksheets/sheet1.xml": xml})


_NS = b'<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData>'
FAR = (
    _NS
    + b'<row r="1"><c r="A1"><v>1</v></c></row><row r="1048576"><c r="XFD1048576"><v>1</v></c></row></sheetData></worksheet>'
)
LAUGHS = (
    b'<!DOCTYPE l [<!ENTITY a "'
    + b"ha" * 50
    + b'"><!ENTITY b "&a;&a;&a;">]>'
    + _NS
    + b"</sheetData></worksheet>"
)


@pytest.mark.parametrize(
    "content",
    [
        pytest.param(b"", id="nothing"),
        pytest.param(b" \n\n ", id="blank"),
        pytest.param(b"-;-\n-;-", id="only dashes"),
        pytest.param(bytes(range(256)) * 50, id="binary"),
        pytest.param(b"\x89PNG\r\n\x1a\n" + bytes(range(256)), id="picture"),
        pytest.param(b"%PDF-1.7\n" + b"1 0 obj" * 10, id="pdf"),
        pytest.param(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 1000, id="old excel"),
        pytest.param(b"<html><table><tr><td>1</td></tr></table></html>", id="html"),
        pytest.param(b"x" * (MAX_BYTES + 1), id="too many bytes"),
        pytest.param(("a;b\n" * 20_002).encode(), id="too many rows"),
        pytest.param((";".join("abc" for _ in range(61)) + "\n").encode() * 3, id="too many columns"),
        pytest.param(("a;" + "b" * 200_000 + "\n").encode() * 3, id="endless cell"),
        pytest.param(_zip({"readme.txt": b"hello"}), id="an archive"),
        pytest.param(sample.as_xlsx()[:2000], id="cut workbook"),
        pytest.param(
            _zip({"xl/workbook.xml": b"<x/>", "xl/worksheets/sheet1.xml": b"\0" * 200_000_000}), id="zip bomb"
        ),
        pytest.param(_sheet(FAR), id="two cells far apart"),
        pytest.param(_sheet(LAUGHS), id="entities"),
        pytest.param(_sheet(b"<worksheet"), id="broken xml"),
        pytest.param(b"PK\x03\x04" + b"\0" * 100, id="only a magic number"),
    ],
)
def test_hostile_files_are_refused_in_words_and_soon(content):
    started = time.monotonic()
    with pytest.raises(TableRefused, match=r"[а-яё]{3,}"):
        read_table(content)
    assert time.monotonic() - started < 5


def test_a_workbook_that_lies_of_its_sizes_is_refused():
    bomb = bytearray(_zip({"xl/workbook.xml": b"<x/>", "xl/worksheets/sheet1.xml": b"\0" * 90_000_000}))
    size = (90_000_000).to_bytes(4, "little")
    while (at := bomb.find(size)) >= 0:
        bomb[at : at + 4] = (1000).to_bytes(4, "little")
    with pytest.raises(TableRefused):
        read_table(bytes(bomb))


_CELLS = st.text(alphabet=st.characters(codec="utf-8"), max_size=30) | st.sampled_from(
    ['"', '""', ";", "=1+1", "-", "\n", "г. Сочи", "vk.com/a", "\x00", "ё" * 5]
)


@settings(max_examples=200, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(
    st.lists(st.lists(_CELLS, max_size=6), max_size=8),
    st.sampled_from(";,\t|"),
    st.sampled_from(["utf-8", "utf-16"]),
)
def test_any_text_is_a_table_or_refused(cells, delimiter, encoding):
    content = "\n".join(delimiter.join(row) for row in cells).encode(encoding)
    try:
        rows = read_table(content)
    except TableRefused:
        return
    widths = {len(row) for row in rows if row}
    assert len(widths) == 1
    header = has_header(rows)
    mapping = guess_mapping(rows, header=header)
    assert set(mapping.values()) <= set(range(widths.pop()))


@settings(max_examples=200, deadline=None)
@given(st.binary(max_size=400) | st.binary(max_size=200).map(lambda tail: b"PK\x03\x04" + tail))
def test_any_bytes_are_a_table_or_refused(content):
    try:
        read_table(content)
    except TableRefused:
        return


@pytest.mark.parametrize("start", ["=", "+", "-", "@", "\t", "\r"])
def test_written_cells_are_no_formulas(start):
    assert neutral(start + "cmd|' /C calc'!A0").startswith("'")
    text = write_csv(["Строка", "Название"], [[1, start + "1+1"]]).decode("utf-8-sig")
    assert f"'{start}" in text
    assert read_table(write_xlsx(["Строка", "Название"], [[1, start + "1+1"]]))[1][1].startswith("'")
