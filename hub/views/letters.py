"""The demo city's letters as they were delivered. They open accounts: who may read what is said here.

- letters of sign-in: the browser in which their address was typed, and never those to prepared accounts,
  which would open to anybody who knows an address;
- other letters: the person they are for, and a demo coordinator.

A developer without a mail server sees here what waits to go out.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import wraps
from typing import Any

from csp.constants import HEADER, SELF
from csp.decorators import csp_update
from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext_lazy as _
from django.views.decorators.cache import never_cache
from django.views.decorators.clickjacking import xframe_options_sameorigin
from django.views.decorators.http import require_safe

from hub import postbox
from hub.adapters import DEMO_LETTERS
from hub.choices import ChannelCode, RoleKind
from hub.models import Delivery, User
from hub.outbox.kinds import ACCOUNT, kind_of
from hub.outbox.letters import email_of
from hub.postbox import Stamp

View = Callable[..., HttpResponse]
#: So many letters are listed.
SHOWN = 60
HEADERS = {
    "From": _("От кого"),
    "To": _("Кому"),
    "Subject": _("Тема"),
    "Message-ID": _("Номер письма (Message-ID)"),
    "List-Unsubscribe": _("Отказ (List-Unsubscribe)"),
}
#: A letter is somebody else's page: it shows itself, opens links in a new tab, and does nothing more.
POLICY = "default-src 'none'; style-src 'unsafe-inline'; sandbox allow-popups allow-popups-to-escape-sandbox"


def for_learning(view: View) -> View:
    """Such pages are in the demo city and in development alone."""

    @wraps(view)
    def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if not (settings.DEMO or settings.DEBUG):
            raise Http404
        return view(request, *args, **kwargs)

    return never_cache(require_safe(guarded))


@for_learning
def demo_letters(request: HttpRequest) -> HttpResponse:
    mine = list(_readable(request))[:SHOWN]
    letters = [
        {"stamp": stamp, "kind": kind_of(stamp.kind), "subject": postbox.header(_message(stamp), "Subject")}
        for stamp in mine
    ]
    context = {"letters": letters, "sees_all": _sees_all(request.user), "kept": _is_kept()}
    return render(request, "hub/demo_letters.html", context)


@for_learning
@csp_update({"frame-src": [SELF]})
def demo_letter(request: HttpRequest, key: str) -> HttpResponse:
    stamp = _stamp(request, key)
    message = _message(stamp)
    context = {
        "stamp": stamp,
        "headers": [
            (label, value) for name, label in HEADERS.items() if (value := postbox.header(message, name))
        ],
        "subject": postbox.header(message, "Subject"),
        "text": postbox.part(message, "plain"),
        "has_html": bool(postbox.part(message, "html")),
    }
    return render(request, "hub/demo_letter.html", context)


@for_learning
@xframe_options_sameorigin
def demo_letter_html(request: HttpRequest, key: str) -> HttpResponse:
    """The letter's own page, for the frame on ours."""
    html = postbox.part(_message(_stamp(request, key)), "html")
    if not html:
        raise Http404
    response = HttpResponse(html.replace("<head>", '<head><base target="_blank">', 1))
    response.headers[HEADER] = POLICY
    return response


# --- which there are -------------------------------------------------------------------------------


def _is_kept() -> bool:
    """Does a mail server of ours keep the letters?"""
    return settings.DEMO and settings.DEMO_MAIL.is_dir()


def _waiting() -> Any:
    """Letters that no mail server has taken."""
    rows = Delivery.objects.waiting().filter(channel=ChannelCode.EMAIL).order_by("-pk")
    return rows.select_related("notification__branch", "notification__user__notification_settings")


def _stamps() -> list[Stamp]:
    if _is_kept():
        return postbox.stamps(settings.DEMO_MAIL)
    stamps = []
    for row in _waiting()[:500]:
        told = row.notification
        to = told.user.email if told.user else told.email
        stamps.append(Stamp(str(row.pk), to, told.kind, row.queued_at))
    return stamps


def _message(stamp: Stamp) -> Any:
    if _is_kept():
        letter = postbox.read(settings.DEMO_MAIL, stamp.key)
    else:
        row = _waiting().filter(pk=stamp.key).first()
        letter = email_of(row).message().as_bytes() if row else None
    return postbox.parse(letter or b"")


# --- who reads them --------------------------------------------------------------------------------


def _sees_all(user: Any) -> bool:
    if not (user.is_authenticated and user.is_demo):
        return False
    return any(role == RoleKind.COORDINATOR for role, _where in user.held_roles)


def _readable(request: HttpRequest) -> Iterator[Stamp]:
    user = request.user
    typed = {address.lower() for address in request.session.get(DEMO_LETTERS, [])}
    prepared = User.objects.filter(is_demo=True, email__in=typed).values_list("email", flat=True)
    typed -= {address.lower() for address in prepared}
    own = user.email.lower() if user.is_authenticated else None
    sees_all = _sees_all(user)
    for stamp in _stamps():
        to = stamp.to.lower()
        if to in typed if stamp.kind == ACCOUNT.code else sees_all or to == own:
            yield stamp


def _stamp(request: HttpRequest, key: str) -> Stamp:
    """The stamp of a letter that may be read; for others there is no such letter."""
    for stamp in _readable(request):
        if stamp.key == key:
            return stamp
    raise Http404
