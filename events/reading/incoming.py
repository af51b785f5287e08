"""An event of a calendar file as it comes in: what its source says, in the columns of ours."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from zoneinfo import ZoneInfo

from events.choices import Refusal
from events.recurrence import times


class NotTaken(Exception):
    """This event does not come in; `why` says it in our words."""

    def __init__(self, why: Refusal) -> None:
        super().__init__(str(why.label))
        self.why = why


@dataclass(frozen=True)
class Moved:
    """One date that differs from the rule, or from the rest; None: named, or held, as the rest is."""

    starts_at: datetime
    ends_at: datetime
    cancelled: bool = False
    note: str = ""
    title: str | None = None
    place: str | None = None


@dataclass
class Incoming:
    """An event as its source says it, in the columns of ours."""

    uid: str
    title: str
    starts_at: datetime
    ends_at: datetime
    timezone: str
    all_day: bool = False
    rrule: str = ""
    exdates: list[datetime] = field(default_factory=list)
    rdates: list[datetime] = field(default_factory=list)
    description: str = ""
    place: str = ""
    online_url: str = ""
    topics: list[str] = field(default_factory=list)
    cancelled: bool = False
    sequence: int = 0
    changed_at: datetime | None = None
    #: By when the rule says it happens → what is other then.
    moved: dict[datetime, Moved] = field(default_factory=dict)
    #: Further dates were left out: there are too many.
    is_cut: bool = False

    @property
    def tz(self) -> ZoneInfo:
        return ZoneInfo(self.timezone)

    def dates(self, until: datetime) -> list[tuple[datetime, datetime, datetime, bool]]:
        """Every (by the rule, beginning, end, called off) before `until`, as our rows will say it."""
        found = []
        for one in times(self, until):  # type: ignore[arg-type]
            own = self.moved.get(one.was_at) or Moved(one.starts_at, one.ends_at)
            found.append((one.was_at, own.starts_at, own.ends_at, own.cancelled or self.cancelled))
        return found
