"""When an event happens and how it repeats, as its organiser writes it."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django import forms
from django.core.validators import MaxValueValidator, MinValueValidator
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from communities.forms.fields import Many, Number, One
from events.choices import Repeat, Weekday
from events.forms.repeats import (
    WEEKS,
    Pattern,
    first_day,
    needs_end,
    pattern_of,
    rule_of,
    shortest_gap,
    weekday_of,
)
from events.models import Event
from events.recurrence import FARTHEST, WEEKDAYS

_DAY = timedelta(days=1)
#: When nobody says how long it lasts.
USUAL = timedelta(hours=2)
#: No day of ours lies elsewhere: further off clocks cannot be reckoned with.
FIRST_DAY, LAST_DAY = date(1900, 1, 1), date(2199, 12, 31)
_NO_SUCH_YEAR = gettext_lazy("Проверьте год: такого в календаре нет.")


def day_field(**kwargs: Any) -> forms.DateField:
    return forms.DateField(
        input_formats=["%Y-%m-%d", "%d.%m.%Y"],
        widget=forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"}),
        error_messages={
            "required": gettext_lazy("Укажите день"),
            "invalid": gettext_lazy("Такого дня нет. Напишите, например, 21.11.2026"),
        },
        validators=[
            MinValueValidator(FIRST_DAY, _NO_SUCH_YEAR),
            MaxValueValidator(LAST_DAY, _NO_SUCH_YEAR),
        ],
        **kwargs,
    )


def time_field(**kwargs: Any) -> forms.TimeField:
    return forms.TimeField(
        input_formats=["%H:%M", "%H.%M", "%H:%M:%S"],
        widget=forms.TimeInput(format="%H:%M", attrs={"type": "time"}),
        required=False,
        error_messages={"invalid": gettext_lazy("Такого времени нет. Напишите, например, 18:30")},
        **kwargs,
    )


class WhenForm(forms.Form):
    """Its times are local: they are read by the clock of `zone`. `before` is what stands in `event`, if there is one."""

    zone: ZoneInfo
    event: Event | None
    before: dict[str, Any]

    day = day_field(label=gettext_lazy("День"))
    all_day = forms.BooleanField(label=gettext_lazy("Весь день"), required=False)
    start = time_field(label=gettext_lazy("Начало"))
    end = time_field(
        label=gettext_lazy("Конец"), help_text=gettext_lazy("Не знаете — оставьте пустым: будет два часа.")
    )
    end_day = day_field(
        label=gettext_lazy("Последний день"),
        required=False,
        help_text=gettext_lazy("Если идёт за полночь или несколько дней."),
    )
    repeats = One(
        label=gettext_lazy("Повторяется?"),
        choices=Repeat.choices,
        hints={
            Repeat.MONTHLY: gettext_lazy("Например, каждую третью субботу."),
            Repeat.MONTHLY_DATE: gettext_lazy(
                "Например, каждое 15-е. Месяц, где такого числа нет, пропускаем."
            ),
        },
    )
    weekdays = Many(
        label=gettext_lazy("По каким дням?"),
        choices=Weekday.choices,
        help_text=gettext_lazy(
            "Начнём с первого отмеченного дня. Ничего не отмечено — по дню недели первой даты."
        ),
    )
    until = day_field(label=gettext_lazy("До какого дня"), required=False)
    count = Number(
        label=gettext_lazy("Или сколько раз"), validators=[MinValueValidator(1), MaxValueValidator(600)]
    )

    def clean_day(self) -> date:
        day: date = self.cleaned_data["day"]
        today = timezone.localdate(timezone=self.zone)
        if day < today and day != self.before.get("day"):
            raise forms.ValidationError(_("Этот день уже прошёл. Проверьте дату."))
        if day > today + FARTHEST:
            raise forms.ValidationError(_("Это больше чем через пять лет. Проверьте год."))
        return day

    def clean(self) -> dict[str, Any]:
        said = self.cleaned_data
        said["weekdays"] = self._weekdays(said)
        if not said.get("all_day") and said.get("start") is None and "start" not in self.errors:
            self.add_error("start", _("Укажите, во сколько начинается, или отметьте «Весь день»."))
        if "day" in said and not self.errors.keys() & {"start", "end", "end_day"}:
            self._read_times(said)
        if self.pattern.repeats != Repeat.NO:
            self._check_series(said)
        return said

    def _weekdays(self, said: dict[str, Any]) -> list[str]:
        """Those that are ticked, where weekdays are asked for; the only one of before goes along with the day."""
        if said.get("repeats") not in WEEKS:
            return []
        ticked = sorted(said.get("weekdays") or (), key=WEEKDAYS.index)
        day, before = said.get("day"), self.before.get("day")
        if day and before and day != before and ticked == self.before["weekdays"] == [weekday_of(before)]:
            return [weekday_of(day)]
        return ticked

    @property
    def pattern(self) -> Pattern:
        said = self.cleaned_data
        return Pattern(
            said.get("repeats") or Repeat.NO,
            said.get("until"),
            said.get("count"),
            tuple(said.get("weekdays") or ()),
        )

    def _read_times(self, said: dict[str, Any]) -> None:
        day, last = said["day"], said.get("end_day") or said["day"]
        if last < day:
            return self.add_error("end_day", _("Последний день раньше первого."))
        ahead = first_day(self.pattern, day) - day
        day, last = day + ahead, last + ahead
        if said.get("all_day"):
            said["starts_at"], said["ends_at"] = self._at(day, time.min), self._at(last + _DAY, time.min)
            return None
        if last > day and not said.get("end"):
            return self.add_error("end", _("Укажите, во сколько кончается в последний день."))
        starts_at = self._at(day, said["start"])
        ends_at = self._at(last, said["end"]) if said.get("end") else starts_at + USUAL
        if ends_at <= starts_at:
            return self.add_error(
                "end", _("Кончается раньше, чем начинается. Если идёт за полночь, укажите последний день.")
            )
        said["starts_at"], said["ends_at"] = starts_at, ends_at
        return None

    def _check_series(self, said: dict[str, Any]) -> None:
        gap, until, count = shortest_gap(self.pattern), said.get("until"), said.get("count")
        if until and count:
            self.add_error("count", _("Укажите либо последний день, либо число раз, не то и другое."))
        elif until and "day" in said and until < first_day(self.pattern, said["day"]):
            self.add_error("until", _("Серия кончается раньше, чем начинается."))
        elif needs_end(self.pattern) and not (until or count or self.errors.keys() & {"until", "count"}):
            self.add_error(
                "until", _("Так часто без конца не бывает: укажите последний день или сколько раз.")
            )
        if gap and "starts_at" in said and said["ends_at"] - said["starts_at"] > gap:
            self.add_error(
                "end_day" if said.get("end_day") else "end",
                _("Следующая дата начнётся раньше, чем кончится эта. Сократите её или повторяйте реже."),
            )

    def _at(self, day: date, hour: time) -> datetime:
        return datetime.combine(day, hour, self.zone)

    @property
    def rrule(self) -> str:
        said = self.cleaned_data
        untouched = all(
            (said.get(name) or None) == (self.before.get(name) or None)
            for name in ("repeats", "weekdays", "until", "count", "day", "all_day")
        )
        if self.event and (said.get("repeats") == Repeat.OWN or untouched):
            return self.event.rrule
        return rule_of(self.pattern, said["starts_at"], all_day=bool(said.get("all_day")))


def when_written(event: Event) -> dict[str, Any]:
    """When an event happens, in the form's words."""
    starts_at, ends_at = event.starts_at.astimezone(event.tz), event.ends_at.astimezone(event.tz)
    last = (ends_at - timedelta(microseconds=1)).date() if event.all_day else ends_at.date()
    pattern = pattern_of(event.rrule, starts_at)
    return {
        "day": starts_at.date(),
        "all_day": event.all_day,
        "start": None if event.all_day else starts_at.time(),
        "end": None if event.all_day else ends_at.time(),
        "end_day": last if last != starts_at.date() else None,
        "repeats": pattern.repeats,
        "weekdays": list(pattern.weekdays),
        "until": pattern.until,
        "count": pattern.count,
    }
