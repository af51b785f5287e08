"""One's own calendar: the page where its secret address is had, and the feed behind that address."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.db.models import BooleanField, ExpressionWrapper, Q
from django.http import Http404, HttpRequest, HttpResponse, StreamingHttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.cache import get_conditional_response
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from communities.views.census import host_branch
from events import ics
from events.actions.feeds import feed_of_token, make_feed, renew_feed, revoke_feed, token_of
from events.forms.feed import FeedForm
from events.models import PersonalFeed
from events.querysets.feeds import CITY, dates_of, events_of, state_of_own
from events.templatetags.events import subscribing
from events.views.asked import asked
from events.views.feeds import CHUNK, CONTENT, FRESH, PAST, alone, apart, city_state, state_of_names
from events.views.names import names_of
from hub.choices import State
from hub.models import Branch

# --- the page ---------------------------------------------------------------------------------------


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def feed_settings(request: HttpRequest) -> HttpResponse:
    """The address of one's own calendar, and what stands in it; saved first it is made."""
    branch = host_branch(request)
    feed = PersonalFeed.objects.filter(user=request.user, branch=branch).first()
    form = FeedForm(request.POST if request.method == "POST" else None, branch=branch, feed=feed)
    if request.method == "POST" and form.is_valid():
        make_feed(branch, sources=form.cleaned_data["sources"], filters=form.filters, by=request.user)
        messages.success(
            request,
            _("Сохранено: календарь обновится сам, обычно в течение нескольких часов.")
            if feed
            else _("Личный адрес готов. Теперь добавьте его в свой календарь."),
        )
        return redirect("feed-settings")
    context = {"form": form, "feed": feed, "add": _subscribing(request, feed) if feed else None}
    return render(request, "events/feed_settings.html", context)


def _subscribing(request: HttpRequest, feed: PersonalFeed) -> dict[str, str] | None:
    token = token_of(feed)
    if not token:
        return None
    return subscribing(request, reverse("personal-ics", args=[token]), _name(host_branch(request)))


def _name(branch: Branch) -> str:
    return _("Мои события: %(city)s") % {"city": branch.name}


@login_required
@require_POST
def feed_renew(request: HttpRequest) -> HttpResponse:
    """Another address; who had the old one sees nothing any more."""
    if renew_feed(host_branch(request), by=request.user):
        messages.success(request, _("Прежний адрес больше не работает. Добавьте в календарь новый."))
    return redirect("feed-settings")


@login_required
@require_POST
def feed_revoke(request: HttpRequest) -> HttpResponse:
    """No address any more."""
    if revoke_feed(host_branch(request), by=request.user):
        messages.success(request, _("Личный адрес удалён: по нему больше ничего не видно."))
    return redirect("feed-settings")


# --- the feed ---------------------------------------------------------------------------------------


#: Nobody between us and the reader keeps it, nobody is told where it lies.
_HEADERS = {
    "Cache-Control": f"private, max-age={FRESH}",
    "Referrer-Policy": "no-referrer",
    "X-Robots-Tag": "noindex",
}


@require_safe
def personal_feed(request: HttpRequest, token: str) -> Any:
    """`/calendar/my/<token>.ics`: whoever has the address reads it, until it is replaced or taken back."""
    feed = feed_of_token(token, host_branch(request))
    if feed is None:
        raise Http404
    etag = _etag(request, feed)
    made = StreamingHttpResponse(_stream(request, feed), content_type=CONTENT)
    response = get_conditional_response(request, etag=etag, response=made)
    for name, value in {"ETag": etag, **_HEADERS}.items():
        response.headers[name] = value
    return response


def _etag(request: HttpRequest, feed: PersonalFeed) -> str:
    city = city_state(request).mark if CITY in feed.sources else None
    said = (sorted(feed.filters.items()), feed.sources, asked(request).today, get_language())
    parts = (feed.pk, said, city, state_of_names(request), state_of_own(feed))
    return f'"{hashlib.blake2b(repr(parts).encode(), digest_size=12).hexdigest()}"'


def _stream(request: HttpRequest, feed: PersonalFeed) -> Iterator[bytes]:
    branch, said = feed.branch, set[str]()
    site = request.build_absolute_uri("/").rstrip("/")
    names = names_of(branch).by_key
    yield ics.head(_name(branch), branch.timezone)
    for rows in _chunks(request, feed):
        yield b"".join(ics.components(rows, apart(rows), names, site=site, said=said))
    dates, times = alone(dates_of(feed, asked(request).today - PAST))
    yield b"".join(ics.components(dates, times, names, site=site, said=said))
    yield ics.TAIL


def _chunks(request: HttpRequest, feed: PersonalFeed) -> Iterator[list[dict[str, Any]]]:
    """Some hundreds at a time, those that were written down last first."""
    tentative = ExpressionWrapper(~Q(state=State.APPROVED), output_field=BooleanField())
    events = (
        events_of(feed, asked(request).today - PAST).order_by("-pk").filed().annotate(tentative=tentative)
    )
    rows = list(events[:CHUNK])
    while rows:
        yield rows
        rows = list(events.filter(pk__lt=rows[-1]["pk"])[:CHUNK]) if len(rows) == CHUNK else []
