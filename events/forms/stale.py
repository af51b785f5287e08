"""A form whose row somebody else may change while it is filled in: what was seen, and both versions side by side."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime, time
from typing import Any

from django import forms
from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext as _


def seen_field() -> forms.CharField:
    """The mark of what was seen, as the form carries it."""
    return forms.CharField(widget=forms.HiddenInput, required=False, max_length=64)


def mark_of(moment: datetime | None) -> str:
    """When the row was sent last: other once somebody has sent it again."""
    return moment.isoformat() if moment else ""


def moment_of(mark: str) -> datetime:
    """The moment that a mark names; one that nobody made fits no row."""
    try:
        moment = parse_datetime(mark)
    except ValueError:
        moment = None
    return moment or datetime.min


def differences(form: forms.Form, theirs: Mapping[str, Any]) -> list[dict[str, Any]]:
    """What is typed in `form` otherwise than it stands there now, side by side."""
    rows = []
    for name, value in theirs.items():
        words = _words(form, name, value), _words(form, name, form.cleaned_data.get(name))
        if words[0] != words[1]:
            rows.append({"label": form.fields[name].label, "theirs": words[0], "mine": words[1]})
    return rows


def begin_again(form: forms.Form, seen: str, complaint: str) -> None:
    """The same answers beside what stands there now: sent once more they hold."""
    form.data = form.data.copy()
    form.data["seen"] = seen
    form.add_error(None, complaint)


def _words(form: forms.Form, name: str, value: Any) -> str:
    """An answer as it is read."""
    field = form.fields[name]
    if isinstance(field, forms.ModelChoiceField):
        if value in (None, ""):
            return str(field.empty_label or "")
        row = field.queryset.model._default_manager.filter(pk=getattr(value, "pk", value)).first()
        return str(field.label_from_instance(row)) if row else ""
    labels = {code: str(label) for code, label in getattr(field, "choices", ())}
    match value:
        case None:
            return ""
        case bool():
            return _("да") if value else _("нет")
        case list():
            return ", ".join(sorted(labels.get(code, str(code)) for code in value))
        case date():
            return f"{value:%d.%m.%Y}"
        case time():
            return f"{value:%H:%M}"
    return labels.get(value, str(value))
