"""Fields of forms in our classes. A builtin of every template."""

from __future__ import annotations

from typing import Any

from django import template
from django.forms import BoundField, CheckboxInput, FileInput, HiddenInput, PasswordInput, Select, Textarea
from django.forms.boundfield import BoundWidget
from django.utils.safestring import SafeString

register = template.Library()


@register.filter
def field_kind(field: BoundField) -> str:
    """Which shape components/field.html gives it: check, choices, file, password, hidden or input."""
    widget = field.field.widget
    if isinstance(widget, HiddenInput):
        return "hidden"
    if isinstance(widget, CheckboxInput):
        return "check"
    if getattr(widget, "input_type", "") in ("radio", "checkbox"):
        return "choices"
    if isinstance(widget, FileInput):
        return "file"
    if isinstance(widget, PasswordInput):
        return "password"
    return "input"


@register.simple_tag
def field_input(field: BoundField) -> SafeString:
    """The bare widget of a field in our classes; Django itself ties it to its hint and error."""
    widget = field.field.widget
    if isinstance(widget, CheckboxInput):
        own = "form-check-input"
    elif isinstance(widget, Select):
        own = "form-select"
    else:
        own = "form-control"
    attrs: dict[str, Any] = {"class": f"{own} {widget.attrs.get('class', '')}".strip()}
    if isinstance(widget, Textarea) and widget.attrs.get("rows") == "10":  # Django's own default
        attrs["rows"] = 4
    return field.as_widget(attrs=attrs)


@register.simple_tag
def choice_input(option: BoundWidget) -> SafeString:
    """One radio button or checkbox of a group, without its label."""
    attrs = option.data["attrs"]
    attrs["class"] = f"form-check-input {attrs.get('class', '')}".strip()
    return option.tag()


@register.filter
def option_hint(field: BoundField, option: BoundWidget) -> str:
    """A choice's second line, from the widget's `hints` ({value: text})."""
    return getattr(field.field.widget, "hints", {}).get(str(option.data["value"]), "")


@register.filter
def field_limit(field: BoundField) -> int | None:
    """The most letters a long answer may have: shown as a counter."""
    limit = getattr(field.field, "max_length", None)
    counts = isinstance(field.field.widget, Textarea) or "data-count" in field.field.widget.attrs
    return limit if limit and counts else None


@register.filter
def length_of(field: BoundField) -> int:
    return len(str(field.value() or ""))


@register.filter
def shows_optional(field: BoundField) -> bool:
    """Optional answers are marked, unless the form (`show_optional = False`) or the field (`needed`) knows better."""
    needed = field.field.required or getattr(field.field, "needed", False)
    return not needed and getattr(field.form, "show_optional", True)
