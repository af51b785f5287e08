"""What stands in one's own calendar."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from communities.choices import Age, Topic
from communities.forms.fields import Many
from communities.views.counts import districts
from events.filters import FLAGS, OccurrenceFilterSet
from events.models import PersonalFeed
from events.querysets.feeds import CITY, sources
from hub.models import Branch

#: Groups of filters that are lists of codes; the rest are yes or no.
LISTS = ("topic", "age", "district")


class FeedForm(forms.Form):
    """Sources, and of the city's calendar the groups that its page has."""

    use_required_attribute = False
    show_optional = False

    sources = Many(label=gettext_lazy("Что показывать"))
    topic = Many(label=gettext_lazy("Только эти темы"), choices=Topic.choices)
    age = Many(label=gettext_lazy("Для кого"), choices=Age.choices)
    district = Many(label=gettext_lazy("Районы"))
    flags = Many(label=gettext_lazy("И ещё"))

    def __init__(self, *args: Any, branch: Branch, feed: PersonalFeed | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        known = sources()
        field = self.fields["sources"]
        city = (CITY, _("События города"))
        field.choices = [*((source.code, source.label) for source in known), city]
        field.widget.hints = {source.code: source.hint for source in known} | {
            CITY: _("Все или только те, что выберете ниже.")
        }
        self.fields["district"].choices = [(one.slug, one.name) for one in districts(branch)]
        labels = OccurrenceFilterSet.base_filters
        self.fields["flags"].choices = [(name, labels[name].label) for name in FLAGS]
        if feed is None:
            self.initial = {"sources": [source.code for source in known]}
        else:
            chosen = feed.filters
            self.initial = {"sources": feed.sources, "flags": [name for name in FLAGS if name in chosen]}
            self.initial |= {name: chosen.get(name, []) for name in LISTS}

    def clean_sources(self) -> list[str]:
        chosen: list[str] = self.cleaned_data["sources"]
        if not chosen:
            raise forms.ValidationError(
                _("Отметьте хотя бы что-то одно: пустой календарь ничего не покажет.")
            )
        return chosen

    @property
    def filters(self) -> dict[str, list[str]]:
        """As the address of the calendar's page would have them."""
        said = self.cleaned_data
        if CITY not in said["sources"]:
            return {}
        lists = {name: said[name] for name in LISTS if said[name]}
        return lists | {name: ["true"] for name in said["flags"]}
