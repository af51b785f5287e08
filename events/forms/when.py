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

from communities.forms.fields import Number, One
from events.choices import Repeat
from events.forms.repeats import Pattern, pattern_of, rule_of
from events.models import Event
from events.recurrence import FARTHEST

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
    repeats = One(label=gettext_lazy("Повторяется?"), choices=Repeat.choices)
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
        if not said.get("all_day") and said.get("start") is None and "start" not in self.errors:
            self.add_error("start", _("Укажите, во сколько начинается, или отметьте «Весь день»."))
        if "day" in said and not self.errors.keys() & {"start", "end", "end_day"}:
            self._read_times(said)
        if said.get("until") and said.get("count"):
            self.add_error("count", _("Укажите либо последний день, либо число раз, не то и другое."))
        elif said.get("until") and "day" in said and said["until"] < said["day"]:
            self.add_error("until", _("Серия кончается раньше, чем начинается."))
        return said

    def _read_times(self, said: dict[str, Any]) -> None:
        day, last = said["day"], said.get("end_day") or said["day"]
        if last < day:
            return self.add_error("end_day", _("Последний день раньше первого."))
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

    def _at(self, day: date, hour: time) -> datetime:
        return datetime.combine(day, hour, self.zone)

    @property
    def rrule(self) -> str:
        said = self.cleaned_data
        untouched = all(
            (said.get(name) or None) == (self.before.get(name) or None)
            for name in ("repeats", "until", "count", "day", "all_day")
        )
        if self.event and (said.get("repeats") == Repeat.OWN or untouched):
            return self.event.rrule
        pattern = Pattern(said.get("repeats") or Repeat.NO, said.get("until"), said.get("count"))
        return rule_of(pattern, said["starts_at"], all_day=bool(said.get("all_day")))


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
        "until": pattern.until,
        "count": pattern.count,
    }
