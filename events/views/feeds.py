"""The calendar for other calendars: a feed of whatever the page may be asked for, and single events."""

from __future__ import annotations

import hashlib
import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django.db.models import Exists, OuterRef
from django.http import Http404, HttpRequest, HttpResponse, StreamingHttpResponse
from django.urls import reverse
from django.utils.cache import patch_cache_control
from django.utils.feedgenerator import Rss201rev2Feed
from django.utils.html import escape
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import condition, require_safe

from communities.choices import Topic
from events import ics
from events.models import CalendarChange, Event, Occurrence
from events.querysets import EventQuerySet
from events.querysets.changes import State
from events.views.asked import Asked, asked
from events.views.names import names_of
from hub.models import Branch
from hub.numbers import number_of
from hub.prepared import Prepared
from hub.public import kept

#: What was longer ago is history.
PAST, DAY = timedelta(days=90), timedelta(days=1)
CHUNK = 1000
#: So many news are told.
NEWEST = 30
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
#: What XML has no place for.
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]")
CONTENT = "text/calendar; charset=utf-8"
#: How long a subscriber may keep an answer; with what we keep ourselves a word that is taken back is gone within a minute.
FRESH = 30


def _branch(request: HttpRequest) -> Branch:
    return request.branch  # type: ignore[attr-defined, no-any-return]


def city_state(request: HttpRequest) -> State:
    """What changes whenever something in the city's calendar does; asked for once in a while."""
    if not hasattr(request, "calendar_state"):
        branch = _branch(request)
        request.calendar_state = kept(("events", branch.pk), CalendarChange.objects.in_branch(branch).state)
    return request.calendar_state


def state_of_names(request: HttpRequest) -> str:
    """The same for who holds events: other when a community is called otherwise or is there no more."""
    return names_of(_branch(request)).mark


def _etag(request: HttpRequest, **of: str) -> str:
    question = asked(request)
    parts = [get_language(), question.today, sorted(question.chosen.items()), of]
    parts += [city_state(request).mark, state_of_names(request)]
    return f'"{hashlib.blake2b(repr(parts).encode(), digest_size=12).hexdigest()}"'


def _changed(request: HttpRequest, **of: str) -> datetime | None:
    """The last change; each midnight is one too, for the days that are told move on.

    While somebody may still be at work who began before it, it is not told: their change would hide behind it.
    """
    question = asked(request)
    state = city_state(request)
    midnight = datetime.combine(question.today, time.min, question.branch.tz)
    if state.at is None:
        return midnight
    return max(state.at, midnight) if state.settled else None


@require_safe
@condition(etag_func=_etag, last_modified_func=_changed)
def calendar_feed(request: HttpRequest) -> StreamingHttpResponse:
    """`/calendar.ics`: takes the filters of the page; from three months ago to the horizon."""
    return _kept(StreamingHttpResponse(_stream(request, asked(request)), content_type=CONTENT))


def _stream(request: HttpRequest, question: Asked) -> Iterator[bytes]:
    branch = question.branch
    yield ics.head(_("Календарь сообществ %(city)s") % {"city": branch.name_of}, branch.timezone)
    site, said = request.build_absolute_uri("/").rstrip("/"), set[str]()
    names = names_of(branch).by_key
    for rows in _chunks(question):
        yield b"".join(ics.components(rows, apart(rows), names, site=site, said=said))
    yield ics.TAIL


def _chunks(question: Asked) -> Iterator[list[dict[str, Any]]]:
    """The events of the feed, newest first, some hundreds at a time: neither here nor there is all of it in memory."""
    since, mark = question.today - PAST, (datetime.max.replace(tzinfo=UTC) - DAY, 0)
    while rows := _rows(question, since, mark):
        yield rows
        mark = (_EPOCH + timedelta(microseconds=rows[-1]["decided"]), rows[-1]["pk"])
        if len(rows) < CHUNK:
            return


def _rows(question: Asked, since: date, mark: tuple[datetime, int]) -> list[dict[str, Any]]:
    if question.chosen:
        times = question.fitting.filter(event=OuterRef("pk"), last_day__gte=since)
        events = Event.objects.in_branch(question.branch).filter(Exists(times))
        return list(_page_of(events, mark))
    return _whole(question.branch.pk, since, *mark)


def _page_of(events: EventQuerySet, mark: tuple[datetime, int]) -> Any:
    return events.published().after(mark).newest_first().filed()[:CHUNK]


_whole = Prepared(
    lambda branch, since, *mark: _page_of(Event.objects.filter(branch_id=branch).happening_from(since), mark),
    *(int, date, datetime, int),
)


_apart = Prepared(lambda events: Occurrence.objects.apart(events), list)


def apart(rows: Sequence[Mapping[str, Any]]) -> dict[int, list[dict[str, Any]]]:
    """Of each event of these rows the times that do not follow from its rule."""
    found = defaultdict(list)
    told = _apart([row["pk"] for row in rows])
    if called_off := [row["pk"] for row in rows if row["off"]]:
        told += Occurrence.objects.on_all_the_same(called_off)
    for one in told:
        found[one["event_id"]].append(one)
    return found


def alone(times: Iterable[ics.Row]) -> tuple[list[ics.Row], dict[int, list[ics.Row]]]:
    """Dates as events of their own, and when each of them is, by the key of the date."""
    by_key = {one["pk"]: [one] for one in times}
    rows = Event.objects.filter(occurrences__in=by_key).distinct().filed()
    events = {row["pk"]: row for row in rows}
    return [ics.alone(events[one["event_id"]], one) for [one] in by_key.values()], by_key


@require_safe
@condition(etag_func=_etag, last_modified_func=_changed)
def event_feed(request: HttpRequest, slug: str) -> HttpResponse:
    """`/calendar/<slug>.ics`: one event, to be put into one's own calendar; `?date=` those of its dates alone."""
    branch = _branch(request)
    events = Event.objects.in_branch(branch).published().filter(slug=slug)
    rows: list[ics.Row]
    if "date" in request.GET:
        rows, times = alone(_dates(events.first(), request.GET.getlist("date")))
    else:
        rows = list(events.filed())
        times = apart(rows)
    if not rows:
        raise Http404
    site = request.build_absolute_uri("/").rstrip("/")
    made = ics.calendar(
        rows,
        times,
        names_of(branch).by_key,
        name=rows[0]["title"],
        zone=branch.timezone,
        site=site,
    )
    response = HttpResponse(b"".join(made), content_type=CONTENT)
    response.headers["Content-Disposition"] = f'attachment; filename="{slug}.ics"'
    return _kept(response)


def _dates(event: Event | None, keys: Sequence[str]) -> list[ics.Row]:
    """When these dates of the event are, also those that have gone over to a series that goes on from it.

    Raises Http404 when one of them is not its.
    """
    asked = {number_of(key) for key in keys}
    if event is None:
        raise Http404
    rows = Occurrence.objects.listed().filter(branch=event.branch_id, pk__in=asked)
    dates = list(rows.order_by("starts_at", "pk").timed())
    others = Event.objects.filter(pk__in={date["event_id"] for date in dates} - {event.pk})
    if len(dates) < len(asked) or any(event.pk not in other.line for other in others):
        raise Http404
    return dates


def _kept(response: Any) -> Any:
    patch_cache_control(response, public=True, max_age=FRESH)
    return response


@require_safe
@condition(etag_func=_etag, last_modified_func=_changed)
def calendar_rss(request: HttpRequest) -> HttpResponse:
    """`/calendar.rss`: what was announced last, by the filters of the page."""
    question = asked(request)
    branch = question.branch
    site = request.build_absolute_uri("/").rstrip("/")
    made = Rss201rev2Feed(
        title=_("Новые события: %(city)s") % {"city": branch.name},
        link=site + reverse("calendar"),
        description=_("Что недавно объявили в календаре города"),
        language=get_language(),
        feed_url=request.build_absolute_uri(),
    )
    events = Event.objects.in_branch(branch).published()
    if question.chosen:
        events = events.filter(pk__in=question.fitting.order_by().values("event"))
    for row in events.newest_first().whole()[:NEWEST]:
        link = site + reverse("event-detail", args=[row["slug"]])
        starts = row["starts_at"].astimezone(ZoneInfo(row["timezone"]))
        when = f"{starts:%d.%m.%Y}" if row["all_day"] else f"{starts:%d.%m.%Y %H:%M}"
        made.add_item(
            title=_CONTROL.sub("", row["title"]),
            link=link,
            description=escape(_CONTROL.sub("", f"{when}. {row['short'] or row['description'][:300]}")),
            unique_id=row["uid"],
            unique_id_is_permalink=False,
            pubdate=row["decided_at"],
            categories=[str(Topic(code).label) for code in row["topics"] if code in Topic.values],
        )
    return _kept(HttpResponse(made.writeString("utf-8"), content_type="application/rss+xml; charset=utf-8"))
