"""A whole calendar file, read event by event: what comes, what does not and why."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from time import monotonic
from zoneinfo import ZoneInfo

import icalendar

from events.choices import Refusal, SourceFault
from events.querysets.occurrence import LONGEST
from events.reading.file import MOST_EVENTS, Block, File, NotACalendar, taken_apart
from events.reading.incoming import Incoming, NotTaken
from events.reading.series import DENSE, Window, incoming
from events.reading.words import one_line
from events.recurrence import FARTHEST, HORIZON, MOST
from hub.numbers import number_of

#: A calendar that takes longer to work out (seconds) is more than people's.
PATIENCE = 20
#: So many events are taken of one source, the nearest first.
MOST_TAKEN = 300
#: What is over for longer is not taken.
_BACK = timedelta(days=1)
_LONGEST_UID = 255


@dataclass(frozen=True)
class Refused:
    """An event that does not come in: what the file calls it, its first day, and why."""

    title: str
    day: str
    why: str


@dataclass
class Reading:
    """What a file says: events as we keep them, nearest first; how many are over; what is refused."""

    name: str = ""
    events: list[Incoming] = field(default_factory=list)
    refused: list[Refused] = field(default_factory=list)
    past: int = 0
    #: UIDs of what we cannot take as it is now: it has not left its source.
    held_back: set[str] = field(default_factory=set)


def read(
    content: bytes, *, home: ZoneInfo, now: datetime, anchors: Mapping[str, datetime] | None = None
) -> Reading:
    """Read a calendar as `home` sees it. Raises NotACalendar.

    `anchors`: UID → where a series that we know begins for us. A series that has gone on for years is taken
    from this month on.
    """
    until = monotonic() + PATIENCE
    file = taken_apart(content)
    reading = Reading(name=one_line(file.name, 120))
    groups = _groups(file, reading, now)
    if sum(map(len, groups.values())) > MOST_EVENTS:
        raise NotACalendar(SourceFault.TOO_MANY)
    for uid, blocks in groups.items():
        if monotonic() > until:
            raise NotACalendar(SourceFault.TOO_HARD)
        anchor = (anchors or {}).get(uid)
        try:
            event = _one(file, uid, blocks, home, now, anchor)
        except NotTaken as refusal:
            _refuse(reading, blocks[0], refusal.why)
            if refusal.why != Refusal.PRIVATE:
                reading.held_back.add(uid)
            continue
        if event is None:
            reading.past += 1
        else:
            reading.events.append(event)
    reading.events.sort(key=lambda event: event.starts_at)
    for event in reading.events[MOST_TAKEN:]:
        reading.held_back.add(event.uid)
        reading.refused.append(Refused(event.title, f"{event.starts_at:%Y-%m-%d}", Refusal.TOO_MANY))
    del reading.events[MOST_TAKEN:]
    return reading


def _groups(file: File, reading: Reading, now: datetime) -> dict[str, list[Block]]:
    """UID → its components; what is plainly over is counted and not looked at."""
    edge = f"{now - LONGEST - timedelta(days=2):%Y%m%d}"
    groups: dict[str, list[Block]] = {}
    for block in file.blocks:
        uid = _uid(block)
        over = len(block.day) == 8 and block.day < edge
        if over and not block.repeats and "RECURRENCE-ID" not in block.values:
            reading.past += 1
        else:
            groups.setdefault(uid, []).append(block)
    return {uid: rest for key, blocks in groups.items() for uid, rest in _apart(key, blocks, reading)}


def _uid(block: Block) -> str:
    """What it is known by; made of its beginning and name when the file does not say, short enough for our column."""
    uid = block.uid
    if not uid:
        said = f"{block.values.get('DTSTART', '')}|{block.values.get('SUMMARY', '')}"
        return f"no-uid-{hashlib.sha256(said.encode()).hexdigest()[:40]}"
    return uid if len(uid) <= _LONGEST_UID else f"long-{hashlib.sha256(uid.encode()).hexdigest()}"


def _apart(uid: str, blocks: list[Block], reading: Reading) -> list[tuple[str, list[Block]]]:
    """One event of several components; or several, of a program that gives all of them one UID.

    Of versions of one event the newest holds.
    """
    masters = [block for block in blocks if "RECURRENCE-ID" not in block.values]
    if len(masters) < 2:
        return [(uid, blocks)]
    versions = {block.values.get("SEQUENCE", "0").strip() for block in masters}
    starts = {block.values.get("DTSTART", "") for block in masters}
    if len(blocks) == len(masters) == len(starts) and len(versions) == 1:
        return [(_uid_of(uid, block), [block]) for block in masters]
    newest = max(masters, key=_version)
    for block in masters:
        if block is not newest:
            _refuse(reading, block, Refusal.OLD_VERSION)
    return [(uid, [newest, *(block for block in blocks if block not in masters)])]


def _uid_of(uid: str, block: Block) -> str:
    said = f"{uid}|{block.values.get('DTSTART', '')}"
    return f"same-uid-{hashlib.sha256(said.encode()).hexdigest()[:40]}"


def _version(block: Block) -> tuple[int, str]:
    changed = block.values.get("LAST-MODIFIED") or block.values.get("DTSTAMP", "")
    return number_of(block.values.get("SEQUENCE", "").strip()), changed


def _one(
    file: File, uid: str, blocks: list[Block], home: ZoneInfo, now: datetime, anchor: datetime | None
) -> Incoming | None:
    """One event. Raises NotTaken."""
    if any(block.is_endless for block in blocks):
        raise NotTaken(Refusal.MANY_DATES)
    # Components of a file that calls events off are called off.
    if file.is_calling_off:
        for block in blocks:
            block.lines = [line for line in block.lines if not line.startswith("STATUS")] + [
                "STATUS:CANCELLED"
            ]
    for block in blocks:
        block.lines = [f"UID:{uid}" if line.startswith("UID") else line for line in block.lines]
    month = now.astimezone(home).replace(day=1, hour=0, minute=0, second=0, microsecond=0)
    is_single = not any(block.repeats or "RECURRENCE-ID" in block.values for block in blocks)
    until = _month_after(now.astimezone(home) + (FARTHEST if is_single else HORIZON))
    if min(block.day for block in blocks) > f"{until:%Y%m%d}":
        raise NotTaken(Refusal.TOO_FAR if is_single else Refusal.NOT_YET)
    for since in dict.fromkeys((anchor or month, month)):
        try:
            calendar = icalendar.Calendar.from_ical(file.written(blocks))
            found = incoming(calendar, uid, Window(since.astimezone(UTC), until, home))
        except NotTaken:
            raise
        except Exception as error:  # whatever the library says of a broken event, the others come in
            raise NotTaken(Refusal.BROKEN) from error
        if found is None:
            return None
        dates = found.dates(until)
        # Of a series that has grown too long the beginning is let go.
        if len(dates) <= max(MOST - 20, DENSE) or since == month:
            break
    return found if any(ends_at > now - _BACK for _was, _start, ends_at, _off in dates) else None


def _month_after(edge: datetime) -> datetime:
    """What is read changes with the month, not with every hour."""
    month = edge.replace(day=1, hour=0, minute=0, second=0, microsecond=0)
    return (month + timedelta(days=32)).replace(day=1).astimezone(UTC)


def _refuse(reading: Reading, block: Block, why: Refusal) -> None:
    title = one_line(block.values.get("SUMMARY", "").replace("\\n", " ").replace("\\", ""), 120)
    day = block.day
    said = f"{day[:4]}-{day[4:6]}-{day[6:]}" if len(day) == 8 else ""
    reading.refused.append(Refused(title, said, why))
