"""One row of a table → answers of the questionnaire, with a note on everything that was not taken as it was."""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass, field
from typing import Any

from django.core.exceptions import ValidationError
from django.core.validators import URLValidator
from django.utils.translation import gettext as _

from communities.keys import fold, link_key, name_key
from communities.tables.meanings import read_direction, read_legal_form
from communities.tables.places import Place, Places, Written, read_city

NAME, SHORT, DESCRIPTION, LEGAL_NAME = 120, 200, 4000, 200

Answer = str | int | list[str] | None


class RowRefused(Exception):
    """The row cannot become a community; the message says why."""


@dataclass
class Taken:
    """What a row says: answers by field of CensusRecord, the place it names, notes for the report."""

    answers: dict[str, Any]
    place: Place | None
    written: Written
    notes: list[str] = field(default_factory=list)

    @property
    def key(self) -> str:
        """Name and city, however they were written: the same row of any later file has the same key."""
        city = fold(self.place.city.name) if self.place else self.written.key
        return hashlib.sha256(f"{name_key(self.answers['name'])}\n{city}".encode()).hexdigest()


def take_row(cells: list[str], mapping: dict[str, int], places: Places) -> Taken:
    """Read one row. Raises RowRefused when there is no name to call the community by."""
    cell = {name: cells[column] if column < len(cells) else "" for name, column in mapping.items()}
    notes: list[str] = []
    hidden = False
    for name in ("name", "city", "short", "description"):
        cell[name], found = _without_contacts(cell.get(name, ""))
        hidden = hidden or found
    answers = _names(cell["name"], notes)
    if "city" in mapping or not places.only:
        written = read_city(cell["city"], cell.get("region", ""))
        place = places.find(written, cell.get("district", "")) if written.city else None
    else:
        written = Written(places.only.name, "", "")
        place = Place(places.only, places.district(places.only, cell.get("district", "")))
    answers |= {
        "city": place.city.pk if place else None,
        "district": place.district if place else None,
        "city_text": written.text[:160],
    }
    meaning = read_direction(cell.get("direction", ""))
    answers |= {"directions": meaning.directions, "topics": meaning.topics}
    if cell.get("direction") and not meaning.directions:
        notes.append(_("направление «%(text)s» не узнано") % {"text": _clip(cell["direction"], 40)})
    answers |= _texts(cell["short"], cell["description"], notes)
    answers |= _links([cell.get(name, "") for name in ("vk", "telegram", "site", "link")], notes)
    answers |= {
        "participants": _number(cell.get("participants", ""), 1, 1_000_000),
        "founded": _number(cell.get("founded", ""), 1850, 2100),
    }
    if hidden:
        notes.append(_("телефон и почта из текста не взяты: согласия на публикацию нет"))
    return Taken(
        {name: value for name, value in answers.items() if value not in ("", None, [])}, place, written, notes
    )


# --- names -----------------------------------------------------------------------------------------

_ANY_QUOTE = re.compile(r"[\"«»“”„‟]")


def _names(text: str, notes: list[str]) -> dict[str, Answer]:
    name = tidy_name(text)
    if not name:
        raise RowRefused(_("нет названия"))
    if not re.search(r"[^\W\d_]", name) or not name_key(name):
        raise RowRefused(_("в названии нет букв: «%(name)s»") % {"name": _clip(name, 40)})
    short = _clip(name, NAME)
    if short != name:
        notes.append(_("название сокращено, целиком — в названии по документам"))
    return {
        "name": short,
        "legal_name": _clip(name, LEGAL_NAME) if short != name else "",
        "legal_form": read_legal_form(name),
    }


def tidy_name(text: str) -> str:
    """One line, paired quotes as «…» and „…“ inside, stray quotes dropped, brackets closed.

    >>> tidy_name('АНО ЦЕНТР "СОЛНЕЧНЫЙ ГОРОД" "')
    'АНО ЦЕНТР «СОЛНЕЧНЫЙ ГОРОД»'
    >>> tidy_name('РОО "ВПЦ" МИРНЫЙ ВОИН"')
    'РОО «ВПЦ» МИРНЫЙ ВОИН'
    """
    text = " ".join(text.split())
    out = list(text)
    opened: list[int] = []
    pairs: list[tuple[int, int]] = []
    for match in _ANY_QUOTE.finditer(text):
        at, sign = match.start(), match[0]
        before = text[at - 1] if at else " "
        after = text[at + 1] if at + 1 < len(text) else " "
        opens = sign in "«„" or (
            sign in '"“‟' and (before.isspace() or before in '(«„"-') and not after.isspace()
        )
        if opens:
            opened.append(at)
        elif opened and sign not in "«„" and at > opened[-1] + 1:
            pairs.append((opened.pop(), at))
        out[at] = ""
    for left, right in pairs:
        inner = any(a < left and right < b for a, b in pairs)
        out[left], out[right] = ("„", "“") if inner else ("«", "»")
    name = " ".join("".join(out).split()).strip(" ,;:-–—")
    name = re.sub(r"\(\s*\)", "", name).strip()
    return name + ")" if name.count("(") == name.count(")") + 1 else name


# --- texts -----------------------------------------------------------------------------------------

_LABEL = re.compile(
    r"^\s*(?:осн\w*\.?\s+де\w*ост\w|описание|деятельность|о нас|о себе|чем занима\w+)\s*:\s*[-–—•]?\s*", re.I
)
_SENTENCE = re.compile(r"(?<=[^\s.][.!?…])\s+(?=[«\"(А-ЯЁA-Z0-9])|\n|\s[-–—•]\s?(?=[А-ЯЁ])")


def _texts(short: str, description: str, notes: list[str]) -> dict[str, Answer]:
    description = _paragraphs(description)
    cut = _clip(description, DESCRIPTION)
    if cut != description:
        notes.append(_("описание сокращено до %(n)s знаков") % {"n": DESCRIPTION})
    short = " ".join(short.split()) or first_sentence(cut)
    return {"short": _clip(short, SHORT), "description": cut}


def _paragraphs(text: str) -> str:
    """Several spaces before a capital letter were a line break before somebody's export."""
    text = re.sub(r"(?<![:\s]) {2,}(?=[А-ЯЁA-Z])", "\n", text)
    lines = (" ".join(line.split()) for line in text.split("\n"))
    return "\n".join(line for line in lines if line)


def first_sentence(text: str) -> str:
    """The first sentence after a label such as «Основная деятельность:»."""
    bare = _LABEL.sub("", text.strip())
    return _SENTENCE.split(bare, maxsplit=1)[0].strip(" -–—•;")


def _clip(text: str, most: int) -> str:
    if len(text) <= most:
        return text
    head = text[: most - 1]
    cut = head.rsplit(None, 1)[0] if " " in head[most // 2 :] else head
    return cut.rstrip(" ,;:-–—") + "…"


# --- contacts of people: never published, never kept -----------------------------------------------

_EMAIL = re.compile(r"[\w.+-]+@[\w-]+\.[\w.-]*\w")
_PHONE = re.compile(r"(?<![\w/.=-])(?:\+\d{1,3}|8|7)?[ \u00a0-]*\(?\d{3,5}\)?(?:[ \u00a0-]*\d){5,7}(?![\w/])")
#: Stands where a contact stood.
HIDDEN = "‹скрыто›"
_TELEPHONE_WORD = re.compile(rf"(?:\b(?:тел\w*\.?|моб\w*\.?|почта|e-?mail)\s*:?\s*)?{HIDDEN}", re.I)


def mask_contacts(text: str) -> str:
    """The text with a mark in the place of each telephone number and e-mail address."""
    if "@" in text:
        text = _EMAIL.sub(HIDDEN, text)
    return _PHONE.sub(lambda match: HIDDEN if _is_phone(match[0]) else match[0], text)


def _without_contacts(text: str) -> tuple[str, bool]:
    """The text without telephone numbers and e-mail addresses, and whether there were any."""
    masked = mask_contacts(text)
    if HIDDEN not in masked:
        return text, False
    return _TELEPHONE_WORD.sub("", masked).strip(" ,;:\n"), True


def _is_phone(text: str) -> bool:
    digits = re.sub(r"\D", "", text)
    if len(digits) == 11:
        return digits[0] in "78"
    # Ten digits in one run may be a tax number; a telephone number is written in groups.
    return text.lstrip().startswith("+") or (len(digits) == 10 and bool(re.search(r"[() -]", text.strip())))


# --- links and numbers -----------------------------------------------------------------------------

_ADDRESS = re.compile(r"(?:https?://)?(?:[\w-]+\.)+[a-zа-яё]{2,}(?::\d+)?(?:/[^\s,;<>\"«»]*)?", re.I)
_valid = URLValidator(schemes=["http", "https"])


def _links(cells: list[str], notes: list[str]) -> dict[str, Answer]:
    found: dict[str, Answer] = {}
    for name, text in zip(("vk", "telegram", "site", ""), cells, strict=True):
        without_mail, _found = _without_contacts(text)
        if (
            name in ("vk", "telegram")
            and re.fullmatch(r"@?[\w.]{4,40}", without_mail)
            and "." not in without_mail
        ):
            host = {"vk": "vk.com", "telegram": "t.me"}[name]
            without_mail = f"{host}/{without_mail.lstrip('@')}"
        addresses = [address for match in _ADDRESS.finditer(without_mail) if (address := tidy_link(match[0]))]
        if without_mail and not addresses:
            notes.append(_("ссылка «%(text)s» не похожа на адрес") % {"text": _clip(text, 60)})
        for address in addresses:
            slots = [slot for slot in (_slot(address), "other_link") if slot not in found]
            if link_key(address) in {link_key(str(one)) for one in found.values()}:
                continue
            if slots:
                found[slots[0]] = address
            else:
                notes.append(_("лишняя ссылка не взята: %(url)s") % {"url": _clip(address, 80)})
    return found


def _slot(address: str) -> str:
    host = link_key(address).partition("/")[0]
    if host == "vk.com":
        return "vk"
    if host == "t.me":
        return "telegram"
    social = (
        "ok.ru",
        "youtube.com",
        "rutube.ru",
        "dzen.ru",
        "docs.google.com",
        "instagram.com",
        "facebook.com",
    )
    return "other_link" if host in social else "site"


def tidy_link(text: str) -> str:
    """An https address without what a phone or a share button added; "" when it is none.

    >>> tidy_link("Vk.com/ecosoyuz?from=groups"), tidy_link("https://m.vk.com/resurs")
    ('https://vk.com/ecosoyuz', 'https://vk.com/resurs')
    """
    text = text.strip().rstrip(".)")
    scheme, has_scheme, rest = text.partition("://")
    if not has_scheme:
        scheme, rest = "https", text
    host, slash, path = rest.partition("/")
    host, asked, query = host.partition("?")
    host = host.lower()
    if host in ("m.vk.com", "vk.ru", "m.vk.ru", "www.vk.com"):
        host = "vk.com"
    path = re.sub(r"\?(?:from|utm_\w+|ref|w)=[^&#]*(?=$|#)", "", path)
    url = f"{scheme.lower()}://{host}{slash}{path}" + (f"?{query}" if asked else "")
    try:
        _valid(url)
    except ValidationError:
        return ""
    return url if len(url) <= 200 else ""


def _number(text: str, least: int, most: int) -> int | None:
    digits = re.search(r"\d[\d\s]*", text)
    number = int(re.sub(r"\s", "", digits[0])[:9]) if digits else 0
    if match := re.search(r"\b(?:18|19|20)\d\d\b", text) if most == 2100 else None:
        number = int(match[0])
    return number if least <= number <= most else None
