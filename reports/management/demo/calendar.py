"""When things happened in the demo city: always in the past, seen from today."""

from __future__ import annotations

import zlib
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from reports.management.demo.story import Story


def chance(*words: object) -> float:
    """The same words give the same number, 0 … 1: the city looks the same wherever it is built."""
    return zlib.crc32(":".join(map(str, words)).encode()) / 2**32


@dataclass(frozen=True)
class Calendar:
    """The rounds of the demo counted back from `now`."""

    now: datetime
    zone: ZoneInfo

    @property
    def today(self) -> date:
        return self.now.astimezone(self.zone).date()

    def opens(self, ago: int) -> date:
        """The day on which the round `ago` years back opened."""
        opened = date(self.today.year - ago, 1, 19)
        # In January the year's round has been open for a while as well: there must be something to see.
        return min(opened, self.today - timedelta(days=45)) if ago == 0 else opened

    def closes(self, ago: int) -> date:
        return max(date(self.today.year - ago, 12, 20), self.opens(ago) + timedelta(days=330))

    def at(self, day: date, hour: int, *words: object) -> datetime:
        """A moment of `day` about `hour` o'clock of the branch, never later than an hour ago."""
        moment = datetime.combine(day, time(hour, int(60 * chance(*words))), self.zone)
        return min(moment, self.now - timedelta(hours=1))

    def ago(self, days: int, hour: int, *words: object) -> datetime:
        return self.at(self.today - timedelta(days=days), hour, *words)

    def submitted(self, story: Story, ago: int) -> datetime:
        """When the community sent its questionnaire of that round; spread over the whole round."""
        first = self.opens(ago) + timedelta(days=2)
        last = self.today - timedelta(days=2) if ago == 0 else self.closes(ago) - timedelta(days=10)
        # What is edited now was approved long before.
        part = chance(story.name, ago) * (0.7 if story.now else 1)
        day = first + timedelta(days=round((last - first).days * part))
        return self.at(day, 19 + int(3 * chance(story.name, "hour")), story.name, ago)

    def decided(self, submitted: datetime, *words: object) -> datetime:
        """One to three days later, in the coordinator's hours."""
        day = submitted.astimezone(self.zone).date() + timedelta(days=1 + int(3 * chance("days", *words)))
        return self.at(day, 10 + int(7 * chance("hour", *words)), *words)
