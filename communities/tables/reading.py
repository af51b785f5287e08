"""Bytes of a CSV, TSV or XLSX file → rows of cells.

What comes is written by many hands: any delimiter, utf-8, windows-1251 or utf-16, quotes that quote and
quotes that belong to a name. Whatever cannot be read is refused in words that say what to do.
"""

from __future__ import annotations

import codecs
import csv
import io
import re
import zipfile
import zlib
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from xml.parsers import expat

from django.utils.translation import gettext as _
from python_calamine import CalamineWorkbook, SheetTypeEnum, SheetVisibleEnum

MAX_BYTES = 10 * 1024 * 1024
MAX_ROWS = 20_000
MAX_COLUMNS = 60
MAX_CELL = 10_000
#: What a workbook may unpack to, and how far apart its first and last cells may stand.
MAX_UNPACKED = 80 * 1024 * 1024
MAX_AREA = 3_000_000
MAX_TEXT = 40_000_000

DELIMITERS = ";\t,|"
#: Written where there is nothing to write.
EMPTY = {
    "-",
    "–",
    "—",
    "нет",
    "н/д",
    "нет данных",
    "не указано",
    "не указан",
    "отсутствует",
    "n/a",
    "null",
    "none",
}

Rows = list[list[str]]


class TableRefused(Exception):
    """The file cannot be taken as a table; the message says why and what to do."""


def read_table(content: bytes, *, encoding: str = "", delimiter: str = "") -> Rows:
    """Rows of tidy cells, as in the sheet: a blank row stays (empty), so that numbers agree with Excel.

    Every row but the blank ones has the same number of cells. Raises TableRefused.
    """
    if len(content) > MAX_BYTES:
        raise TableRefused(
            _("Файл больше %(mb)s МБ. Оставьте в нём одну таблицу без картинок или разделите её на части.")
            % {"mb": MAX_BYTES // 1024 // 1024}
        )
    if not content.strip():
        raise TableRefused(_("Файл пустой. Проверьте, тот ли файл вы выбрали."))
    _refuse_known(content)
    rows = (
        _read_workbook(content)
        if content.startswith(b"PK\x03\x04")
        else _read_text(content, encoding, delimiter)
    )
    return _even(rows)


def _refuse_known(content: bytes) -> None:
    """What is certainly no table of ours, said by its own name."""
    head = content[:512].lstrip(b"\xef\xbb\xbf \r\n\t").lower()
    if content.startswith(b"\xd0\xcf\x11\xe0"):
        raise TableRefused(
            _(
                "Это старый файл Excel (.xls) или файл под паролем. Откройте его и сохраните как «Книга Excel (.xlsx)»."
            )
        )
    if head.startswith((b"%pdf", b"{\\rtf")):
        raise TableRefused(_("Это документ, а не таблица. Нужен файл CSV или XLSX."))
    if head.startswith((b"<!doctype", b"<html", b"<?xml", b"<table")):
        raise TableRefused(_("Это веб-страница, а не таблица. Откройте её в Excel и сохраните как .xlsx."))


# --- cells and rows --------------------------------------------------------------------------------

_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ufeff\ufffe\uffff\ud800-\udfff]")
_SPACES = re.compile(r"[^\S\n]")


def tidy_cell(text: str) -> str:
    """One cell as it is kept: no control characters, known signs of emptiness emptied, length capped."""
    text = _CONTROL.sub("", text.replace("\r\n", "\n").replace("\r", "\n"))
    text = _SPACES.sub(" ", text).strip()[:MAX_CELL]
    return "" if text.lower() in EMPTY else text


def _even(rows: Iterable[Iterable[str]]) -> Rows:
    """Tidy cells, blank rows as empty lists, no empty columns at the right, no blank rows at the end."""
    tidy: Rows = []
    width = size = filled = 0
    for row in rows:
        cells = [tidy_cell(cell) for cell in row]
        while cells and not cells[-1]:
            cells.pop()
        filled += bool(cells)
        if filled > MAX_ROWS + 1 or len(tidy) > 2 * MAX_ROWS:
            raise TableRefused(
                _("В таблице больше %(n)s строк. Разделите её на части.")
                % {"n": f"{MAX_ROWS:,}".replace(",", " ")}
            )
        size += sum(map(len, cells))
        width = max(width, len(cells))
        if width > MAX_COLUMNS:
            raise TableRefused(
                _(
                    "В таблице больше %(n)s столбцов. Оставьте те, что нужны: город, название, описание, ссылка."
                )
                % {"n": MAX_COLUMNS}
            )
        if size > MAX_TEXT:
            raise TableRefused(_("В таблице слишком много текста. Разделите её на части."))
        tidy.append(cells)
    while tidy and not tidy[-1]:
        tidy.pop()
    if not filled:
        raise TableRefused(_("В файле нет ни одной заполненной строки. Проверьте, тот ли файл вы выбрали."))
    return [cells + [""] * (width - len(cells)) if cells else [] for cells in tidy]


# --- text ------------------------------------------------------------------------------------------


def decode(content: bytes, encoding: str = "") -> str:
    """Text of a table in utf-8, utf-16 or windows-1251. Raises TableRefused for what is no text."""
    if encoding:
        try:
            return content.decode(encoding)
        except (LookupError, UnicodeError):
            raise TableRefused(
                _("Файл не читается в кодировке «%(encoding)s».") % {"encoding": encoding}
            ) from None
    for mark, name in (
        (codecs.BOM_UTF8, "utf-8-sig"),
        (codecs.BOM_UTF16_LE, "utf-16"),
        (codecs.BOM_UTF16_BE, "utf-16"),
    ):
        if content.startswith(mark):
            return _plain(content.decode(name, errors="replace"))
    if b"\x00" in content[:4096]:
        # utf-16 without a mark: of each pair one byte is 0 or (Cyrillic) 4.
        for name, high in (("utf-16-le", content[1:4096:2]), ("utf-16-be", content[0:4096:2])):
            if high and sum(byte in (0, 4) for byte in high) / len(high) > 0.9:
                return _plain(content.decode(name, errors="replace"))
    try:
        return _plain(content.decode("utf-8"))
    except UnicodeDecodeError:
        mended = content.decode("utf-8", errors="replace")
        # A few broken characters in utf-8 are damage, many mean another encoding.
        if mended.count("\ufffd") * 200 < len(re.findall(r"[А-яЁё]", mended)):
            return _plain(mended)
    return _plain(content.decode("cp1251", errors="replace"))


def _plain(text: str) -> str:
    strange = len(re.findall(r"[\x00-\x08\x0e-\x1f\ufffd]", text[:100_000]))
    if strange * 200 > len(text[:100_000]):
        raise TableRefused(_("Это не таблица: внутри не текст. Нужен файл CSV, TSV или XLSX."))
    return text.replace("\x00", "")


def _read_text(content: bytes, encoding: str, delimiter: str) -> Rows:
    text = decode(content, encoding).lstrip("\ufeff")
    if told := re.match(r"sep=(.)\r?\n", text, re.IGNORECASE):  # a note that Excel leaves to itself
        delimiter, text = told[1], text[told.end() :]
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    start = text[:200_000]
    if len(text) > len(start):
        start = start.rpartition("\n")[0] or start
    sign = delimiter or max(DELIMITERS, key=lambda one: _likeness(_split(start, one)[0]))
    rows, quoted = _split(text, sign)
    if not rows:
        raise TableRefused(
            _(
                "Таблица не читается: одна из ячеек слишком длинная или кавычки не закрыты. Сохраните её как .xlsx."
            )
        )
    return rows if quoted else [[_unquoted(cell) for cell in row] for row in _mend(rows, sign)]


def _evenness(rows: Rows) -> tuple[float, int]:
    """The share of rows as wide as most rows are, and how wide that is."""
    widths = Counter(len(row) for row in rows if row)
    if not widths:
        return 0.0, 0
    width, times = max(widths.items(), key=lambda item: (item[1], item[0]))
    return times / widths.total(), width


def _likeness(rows: Rows) -> float:
    """How much it looks like a table: even rows, the wider the better."""
    even, width = _evenness(rows)
    # One column is what every text is under a wrong delimiter.
    return 0.3 * even if width < 2 else even + min(width, 20) / 1000


def _split(text: str, delimiter: str) -> tuple[Rows, bool]:
    """Rows under `delimiter` (none if unreadable), and whether quotes were taken as quotes.

    Quotes that close properly are quotes; otherwise they belong to the names, unless that tears rows apart.
    """
    raw = _parse(text, delimiter, quoting=csv.QUOTE_NONE)
    if '"' not in text:
        return raw, False
    even = _evenness(raw)[0]
    for how in ({"strict": True}, {"strict": True, "skipinitialspace": True}):
        rows = _parse(text, delimiter, **how)
        if rows and _evenness(rows)[0] >= even:
            return rows, True
    loose = _parse(text, delimiter)
    return (loose, True) if _evenness(loose)[0] > even else (raw, False)


def _parse(text: str, delimiter: str, **how: object) -> Rows:
    try:
        return list(csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, **how))  # type: ignore[call-overload]
    except (csv.Error, TypeError):
        return []


def _unquoted(cell: str) -> str:
    """A cell without the quotes around it, when they are around all of it."""
    bare = cell.strip()
    inside = bare[1:-1].replace('""', "")
    if len(bare) > 1 and bare[0] == bare[-1] == '"' and '"' not in inside:
        return bare[1:-1].replace('""', '"')
    return cell


def _mend(rows: Rows, delimiter: str) -> Rows:
    """Put together rows that an unquoted delimiter or line break inside a text has torn."""
    widths = Counter(len(row) for row in rows if row)
    if not widths:
        return rows
    width = widths.most_common(1)[0][0]
    if width < 3:
        return rows
    whole = [row for row in rows if len(row) == width][:500]
    longest = max(range(width), key=lambda column: sum(len(row[column]) for row in whole))
    mended: Rows = []
    for row in rows:
        if (
            0 < len(row) < width
            and mended
            and 0 < len(mended[-1]) < width
            and len(mended[-1]) + len(row) - 1 <= width
        ):
            last = mended[-1]
            mended[-1] = [*last[:-1], f"{last[-1]}\n{row[0]}", *row[1:]]
        elif len(row) > width and any(row[width:]):
            extra = longest + len(row) - width + 1
            mended.append([*row[:longest], delimiter.join(row[longest:extra]), *row[extra:]])
        else:
            mended.append(row)
    return mended


# --- workbooks -------------------------------------------------------------------------------------


#: What zipfile and expat say of a broken archive (RuntimeError: it wants a password).
_BROKEN = (
    zipfile.BadZipFile,
    zlib.error,
    expat.ExpatError,
    NotImplementedError,
    RuntimeError,
    OSError,
    EOFError,
    ValueError,
)


def _damaged() -> TableRefused:
    return TableRefused(
        _(
            "Книга Excel повреждена или под паролем. Откройте её, сохраните заново как .xlsx и загрузите снова."
        )
    )


def _read_workbook(content: bytes) -> Iterable[list[str]]:
    _refuse_bomb(content)
    try:
        book = CalamineWorkbook.from_filelike(io.BytesIO(content))
        for sheet in book.sheets_metadata:
            if sheet.visible != SheetVisibleEnum.Visible or sheet.typ != SheetTypeEnum.WorkSheet:
                continue
            rows = book.get_sheet_by_name(sheet.name).to_python(skip_empty_area=False)
            if any(any(cell != "" for cell in row) for row in rows):
                return [[_as_text(cell) for cell in row] for row in rows]
    except BaseException as error:
        # The reader is written in Rust: what it did not foresee arrives as a PanicException, no Exception.
        if isinstance(error, (KeyboardInterrupt, SystemExit, MemoryError)):
            raise
        raise _damaged() from None
    raise TableRefused(_("В книге нет ни одного заполненного листа."))


def _as_text(cell: object) -> str:
    if isinstance(cell, bool):
        return str(_("да")) if cell else ""
    if isinstance(cell, float) and cell.is_integer() and abs(cell) < 1e15:
        return str(int(cell))
    return str(cell)


def _refuse_bomb(content: bytes) -> None:
    """Unpack piece by piece and throw away, before the real reader takes it all into memory.

    The sizes that an archive declares may lie, so bytes are counted. A sheet with two cells at its far
    corners is small in the file and enormous as a table, so the corners are measured.
    """
    bomb = TableRefused(
        _("Внутри книги слишком много данных. Оставьте в ней один лист с таблицей без картинок.")
    )
    left = MAX_UNPACKED
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            if "xl/workbook.xml" not in archive.namelist():
                raise TableRefused(_("Это архив, а не таблица. Достаньте из него файл CSV или XLSX."))
            if len(archive.infolist()) > 2000:
                raise bomb
            for member in archive.infolist():
                corners = _Corners() if "worksheets/" in member.filename else None
                with archive.open(member) as stream:
                    while piece := stream.read(1 << 16):
                        left -= len(piece)
                        if left < 0 or b"<!DOCTYPE" in piece or b"<!ENTITY" in piece:
                            raise bomb
                        if corners:
                            corners.feed(piece)
                if corners and corners.area > MAX_AREA:
                    raise bomb
    except _BROKEN:
        raise _damaged() from None


@dataclass
class _Corners:
    """How far the cells of one sheet reach: counted while its XML streams by."""

    row: int = 0
    column: int = 0
    _seen: int = 0

    def __post_init__(self) -> None:
        self._parser = expat.ParserCreate()
        self._parser.StartElementHandler = self._element
        self.feed = self._parser.Parse

    @property
    def area(self) -> int:
        return self.row * self.column

    def _element(self, name: str, attributes: dict[str, str]) -> None:
        tag = name.rpartition(":")[2]
        if tag == "row":
            self._seen = 0
            number = attributes.get("r", "")
            self.row = max(self.row + (not number), int(number) if number.isdigit() else 0)
        elif tag == "c":
            self._seen += 1
            letters = attributes.get("r", "").rstrip("0123456789")
            number = attributes.get("r", "")[len(letters) :]
            column = 0
            for letter in letters.upper()[:4]:
                column = column * 26 + ord(letter) - 64
            self.column = max(self.column, column, self._seen)
            self.row = max(self.row, int(number or 0))
