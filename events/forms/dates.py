"""Small forms about one date and about calling off."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from communities.forms.fields import Text
from events.forms.when import day_field, time_field
from events.models import Occurrence, Venue
from events.recurrence import FARTHEST

_DAY = timedelta(days=1)


class DateForm(forms.Form):
    """Another time or place for one date alone; it lasts as long as before unless an end is given."""

    use_required_attribute = False

    day = day_field(label=gettext_lazy("День"))
    start = time_field(label=gettext_lazy("Начало"))
    end = time_field(label=gettext_lazy("Конец"))
    venue = forms.ModelChoiceField(
        Venue.objects.none(),
        label=gettext_lazy("Площадка"),
        required=False,
        empty_label=gettext_lazy("Без площадки или её нет в списке"),
    )
    place = Text(label=gettext_lazy("Где именно"), limit=200)
    note = Text(
        label=gettext_lazy("Что изменилось"),
        limit=200,
        help_text=gettext_lazy("Эти слова увидят все, кто придёт: «перенесли из-за дождя»."),
    )

    def __init__(self, data: Any = None, *, occurrence: Occurrence) -> None:
        event = occurrence.event
        self.occurrence, self.zone = occurrence, event.tz
        starts_at, ends_at = (
            occurrence.starts_at.astimezone(self.zone),
            occurrence.ends_at.astimezone(self.zone),
        )
        initial = {
            "day": starts_at.date(),
            "start": starts_at.time(),
            "end": ends_at.time(),
            "note": occurrence.note,
            "venue": event.venue if occurrence.own_place is None else occurrence.venue,
            "place": event.place if occurrence.own_place is None else occurrence.own_place,
        }
        super().__init__(data, initial=initial)
        self.fields["venue"].queryset = Venue.objects.filter(branch=event.branch_id)
        self.fields["start"].needed = self.fields["end"].needed = True
        if occurrence.all_day:
            del self.fields["start"], self.fields["end"]

    def clean_day(self) -> date:
        day: date = self.cleaned_data["day"]
        today = timezone.localdate(timezone=self.zone)
        if day < today and day != self.initial["day"]:
            raise forms.ValidationError(_("Этот день уже прошёл. Проверьте дату."))
        if day > today + FARTHEST:
            raise forms.ValidationError(_("Это больше чем через пять лет. Проверьте год."))
        return day

    def clean(self) -> dict[str, Any]:
        said = self.cleaned_data
        said["where"] = (said.get("venue"), said.get("place", ""))
        if "day" not in said or self.errors:
            return said
        lasts = self.occurrence.ends_at - self.occurrence.starts_at
        start = said.get("start") or self.initial["start"]
        said["starts_at"] = datetime.combine(said["day"], start, self.zone)
        said["ends_at"] = said["starts_at"] + lasts
        if (end := said.get("end")) and not self.occurrence.all_day:
            said["ends_at"] = datetime.combine(said["day"], end, self.zone)
            said["ends_at"] += timedelta(days=self._nights(start, end))
            if said["ends_at"] <= said["starts_at"]:
                self.add_error("end", _("Событие кончается раньше, чем начинается."))
        return said

    def _nights(self, start: time, end: time) -> int:
        """How many it goes on over: as many as before, but for what lasted past midnight and need not now."""
        was = self.occurrence
        nights = (was.ends_at.astimezone(self.zone).date() - self.initial["day"]).days
        return 0 if was.ends_at - was.starts_at < _DAY and start < end else nights


class ReasonForm(forms.Form):
    """Why something is called off or returned."""

    use_required_attribute = False

    reason = Text(label=gettext_lazy("Почему"), limit=300, rows=3)

    def __init__(
        self, *args: Any, label: Any = "", required: Any = "", limit: int = 300, **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["reason"]
        field.label = label or field.label
        if required:
            field.required, field.error_messages["required"] = True, required


class DaysForm(forms.Form):
    """Days in a row, or one."""

    use_required_attribute = False

    since = day_field(label=gettext_lazy("С какого дня"))
    until = day_field(
        label=gettext_lazy("По какой"), required=False, help_text=gettext_lazy("Пусто — один день.")
    )

    def clean(self) -> dict[str, Any]:
        said = self.cleaned_data
        since = said.get("since")
        if since and "until" in said:
            said["until"] = said["until"] or since
            if said["until"] < since:
                self.add_error("until", _("Последний день раньше первого."))
        return said
