"""A calendar file taken apart into events' own lines, so that one broken event harms no other.

Only the lines that we use are kept: guests, organisers and alarms are not even read.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cache
from zoneinfo import available_timezones

from icalendar.timezone.windows_to_olson import WINDOWS_TO_OLSON

from events.choices import SourceFault

#: A file may have so many bytes, and so many events that are not over.
MAX_BYTES = 5 * 1024 * 1024
MOST_EVENTS = 3000
#: Time zones that a file describes itself: so many, so long, as people's clocks go.
MOST_ZONES, LONGEST_ZONE = 20, 4000
#: Of one event so many rules, as long; so many dates beside them; so many lines of topics.
MOST_RULES, LONGEST_RULE, MOST_DATES, MOST_TOPICS = 5, 1000, 3000, 20

#: Of each only the first counts.
_ONCE = {
    "UID", "SUMMARY", "DESCRIPTION", "LOCATION", "URL", "DTSTART", "DTEND", "DURATION", "RECURRENCE-ID", "SEQUENCE",
    "STATUS", "CLASS", "LAST-MODIFIED", "DTSTAMP", "X-MICROSOFT-CDO-ALLDAYEVENT", "COMMENT",
}  # fmt: skip
_DATES = {"RDATE", "EXDATE"}
_HEADER = {"CALSCALE", "METHOD", "X-WR-CALNAME", "NAME", "X-WR-TIMEZONE"}
_NAME = re.compile(r"[A-Za-z0-9-]+")
_TZID = re.compile(r';TZID=("[^"]*"|[^:;]*)', re.IGNORECASE)
_FOLD = re.compile(rb"\r?\n[ \t]")
#: They stand in a whole tree of files, which must not be looked through for each event.
_zone_names = cache(available_timezones)
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")


class NotACalendar(Exception):
    """What came is no calendar that can be read: nothing may follow from it. `fault` says why."""

    def __init__(self, fault: SourceFault) -> None:
        super().__init__(str(fault.label))
        self.fault = fault


@dataclass
class Block:
    """The lines of one VEVENT, and what its identity is."""

    lines: list[str]
    values: dict[str, str] = field(default_factory=dict)
    #: More rules and dates than anybody lives by: what is beyond is not kept, and without it nothing is right.
    is_endless: bool = False

    @property
    def uid(self) -> str:
        return self.values.get("UID", "").strip()

    @property
    def repeats(self) -> bool:
        return any(line.startswith(("RRULE", "RDATE")) for line in self.lines)

    @property
    def day(self) -> str:
        """The digits of its first day."""
        return re.sub(r"\D", "", self.values.get("DTSTART", ""))[:8]


@dataclass
class File:
    """A calendar file: its header, the zones that it describes itself, its events."""

    header: dict[str, str]
    zones: dict[str, list[str]]
    blocks: list[Block]

    @property
    def name(self) -> str:
        return _plain(self.header.get("X-WR-CALNAME") or self.header.get("NAME", ""))

    @property
    def is_calling_off(self) -> bool:
        return self.header.get("METHOD", "").strip().upper() == "CANCEL"

    def written(self, blocks: list[Block]) -> str:
        """These events alone as a calendar of their own, with the zones that they name."""
        lines = ["BEGIN:VCALENDAR", "VERSION:2.0"]
        if (zone := self.header.get("X-WR-TIMEZONE", "").strip()) in _zone_names():
            lines.append(f"X-WR-TIMEZONE:{zone}")
        named = {zone for block in blocks for line in block.lines for zone in _TZID.findall(line)}
        lines += [line for zone in sorted(named) for line in self.zones.get(zone, ())]
        for block in blocks:
            lines += ["BEGIN:VEVENT", *block.lines, "END:VEVENT"]
        return "\r\n".join([*lines, "END:VCALENDAR", ""])


def taken_apart(content: bytes) -> File:
    """The file's events. Raises NotACalendar for anything that is none, or not all of it."""
    if len(content) > MAX_BYTES:
        raise NotACalendar(SourceFault.TOO_LARGE)
    text = text_of(content)
    lines = [line.rstrip("\r") for line in text.split("\n")]
    first = next((line.strip() for line in lines if line.strip()), "")
    if not first:
        raise NotACalendar(SourceFault.EMPTY)
    if first.upper() != "BEGIN:VCALENDAR":
        page = first.startswith("<") or "<html" in text[:2000].lower()
        raise NotACalendar(SourceFault.WEB_PAGE if page else SourceFault.NOT_CALENDAR)
    file = File({}, {}, [])
    zones: list[list[str]] = []
    for kind, inner in _components(lines, file.header):
        if kind == "VEVENT":
            file.blocks.append(_block(inner))
        else:
            zones.append(inner)
    names = _name_zones(file, zones)
    for block in file.blocks:
        block.lines = [_TZID.sub(lambda found: _zone_named(found, names), line) for line in block.lines]
    return file


def text_of(content: bytes) -> str:
    """The same file as a text that can be kept, and be read again."""
    return _decoded(_FOLD.sub(b"", content))


def _decoded(content: bytes) -> str:
    """Text as the file means it: UTF-8, or what old office programs in Russian write."""
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError:
        text = content.decode("cp1251", "replace")
    return _CONTROL.sub("", text)


def _components(lines: list[str], header: dict[str, str]) -> Iterator[tuple[str, list[str]]]:
    """Every VEVENT and VTIMEZONE with the lines inside. Raises NotACalendar when the file ends too early."""
    path: list[str] = []
    inner: list[str] = []
    for line in lines:
        word = line[:6].upper()
        if word == "BEGIN:":
            kind = line[6:].strip().upper()
            path.append(kind)
            if len(path) == 2:
                inner = []
            elif len(path) > 2 and path[1] == "VTIMEZONE":
                inner.append(f"BEGIN:{kind}")
        elif line[:4].upper() == "END:":
            kind = line[4:].strip().upper()
            if not path or path.pop() != kind:
                raise NotACalendar(SourceFault.CUT_OFF)
            if len(path) == 1 and kind in ("VEVENT", "VTIMEZONE"):
                yield kind, inner
            elif path[1:2] == ["VTIMEZONE"]:
                inner.append(f"END:{kind}")
        elif len(path) == 1:
            name, _colon, value = line.partition(":")
            if (name := name.partition(";")[0].upper()) in _HEADER:
                header.setdefault(name, value)
        elif len(path) == 2 or path[1:2] == ["VTIMEZONE"]:
            inner.append(line)
    if path:
        raise NotACalendar(SourceFault.CUT_OFF)


def _block(lines: list[str]) -> Block:
    block = Block([])
    rules = dates = topics = 0
    for line in lines:
        found = _NAME.match(line)
        name = found[0].upper() if found else ""
        if name in _ONCE and name not in block.values:
            block.values[name] = _value(line)
            block.lines.append(name + line[len(name) :])
        elif name == "RRULE":
            rules += 1
            if rules > MOST_RULES or len(line) > LONGEST_RULE:
                block.is_endless = True
            else:
                block.lines.append(name + line[len(name) :])
        elif name in _DATES:
            dates += 1 + line.count(",")
            if dates > MOST_DATES:
                block.is_endless = True
            else:
                block.lines.append(name + line[len(name) :])
        elif name == "CATEGORIES" and topics < MOST_TOPICS:
            topics += 1
            block.lines.append(name + line[len(name) :])
    return block


def _value(line: str) -> str:
    """What stands behind the colon that ends the parameters."""
    quoted = False
    for place, letter in enumerate(line):
        if letter == '"':
            quoted = not quoted
        elif letter == ":" and not quoted:
            return line[place + 1 :]
    return ""


def _plain(value: str) -> str:
    return re.sub(r"\\(.)", lambda found: " " if found[1] in "nN" else found[1], value).strip()


# --- time zones ------------------------------------------------------------------------------------


def _name_zones(file: File, zones: list[list[str]]) -> dict[str, str]:
    """Name in the file → name that we know, for the zones that it describes itself.

    One that nobody knows keeps its description under a name made of it: the library keeps zones by name, and
    two files may mean different things by one.
    """
    names: dict[str, str] = {}
    for lines in zones[:MOST_ZONES]:
        said = {line.partition(":")[0].partition(";")[0].upper(): _value(line) for line in reversed(lines)}
        name = said.get("TZID", "").strip()
        known = known_zone(name) or known_zone(said.get("X-LIC-LOCATION", "").strip())
        if known:
            names[name] = known
        elif name and _is_sane(lines):
            inner = [line for line in lines if not line.upper().startswith(("TZID", "X-"))]
            names[name] = own = f"zone-{hashlib.sha256(chr(10).join(inner).encode()).hexdigest()[:20]}"
            file.zones[own] = ["BEGIN:VTIMEZONE", f"TZID:{own}", *inner, "END:VTIMEZONE"]
    return names


def _is_sane(lines: list[str]) -> bool:
    """A clock that people live by: changed once a year, by few rules."""
    rules = [line.upper() for line in lines if line.upper().startswith(("RRULE", "RDATE"))]
    yearly = all("FREQ=YEARLY" in rule for rule in rules if rule.startswith("RRULE"))
    offset = any(line.upper().startswith("TZOFFSETTO:") for line in lines)
    # Every so many years no clock is changed, and every nought years for ever.
    yearly = yearly and not any("INTERVAL" in rule for rule in rules)
    return yearly and offset and len(rules) <= 20 and sum(map(len, lines)) <= LONGEST_ZONE


def known_zone(name: str) -> str:
    """The IANA name of a zone, also of one that Windows or an old program names; nothing when nobody knows it."""
    if name in _zone_names():
        return name
    if name in WINDOWS_TO_OLSON:
        return WINDOWS_TO_OLSON[name]
    # «/freeassociation.sourceforge.net/Europe/Moscow»
    for parts in (2, 3):
        if (tail := "/".join(name.split("/")[-parts:])) in _zone_names():
            return tail
    return ""


def _zone_named(found: re.Match[str], names: dict[str, str]) -> str:
    """TZID with a name that can be read; without one the time is that of the city's clocks."""
    name = found[1].strip('"').strip()
    known = names.get(name) or known_zone(name)
    return f";TZID={known}" if known else ""
