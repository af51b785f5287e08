"""A notification as words: `templates/mail/<kind>.txt` has the parts subject, text and action.

    {% partialdef subject %}{{ name }}: анкета одобрена{% endpartialdef %}
    {% partialdef text %}…paragraphs, a blank line between them…{% endpartialdef %}
    {% partialdef action %}Открыть страницу{% endpartialdef %}     what the button says; may be left out

One source for the letter's text and HTML, the inbox and the messenger.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.core import signing
from django.core.mail import EmailMultiAlternatives
from django.template import Context, TemplateDoesNotExist, engines
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import translation

from hub.models import Delivery, Notification, User
from hub.outbox.kinds import kind_of

_SALT = "hub.outbox.unsubscribe"


@dataclass(frozen=True)
class Words:
    """What one person reads of one notification, in their language."""

    subject: str
    paragraphs: list[str]
    action: str
    url: str
    why: str
    unsubscribe: str

    @property
    def text(self) -> str:
        """The whole as plain text."""
        parts = [*self.paragraphs]
        if self.url:
            parts.append(f"{self.action}: {self.url}" if self.action else self.url)
        return "\n\n".join(parts) + "\n"


def _part(code: str, part: str, context: Mapping[str, Any]) -> str:
    template = engines["django"].engine.get_template(f"mail/{code}.txt#{part}")  # type: ignore[attr-defined]
    return template.render(Context(dict(context), autoescape=False)).strip()


def subject_of(code: str, context: Mapping[str, Any]) -> str:
    return _part(code, "subject", context)


@contextmanager
def language_of(notification: Notification) -> Iterator[None]:
    with translation.override(notification.user.language if notification.user else settings.LANGUAGE_CODE):
        yield


def words_of(notification: Notification) -> Words:
    """The words of `notification` in the language that is active now."""
    user, branch = notification.user, notification.branch
    context = {**notification.context, "user": user, "branch": branch}
    text = _part(notification.kind, "text", context)
    try:
        action = _part(notification.kind, "action", context)
    except TemplateDoesNotExist:
        action = ""
    kind = kind_of(notification.kind)
    return Words(
        subject=notification.subject,
        paragraphs=[part.strip() for part in re.split(r"\n\s*\n", text) if part.strip()],
        action=" ".join(action.split()),
        url=notification.url,
        why=str(kind.why),
        unsubscribe=f"{branch.origin}{unsubscribe_path(user, kind.code)}"
        if user and not kind.personal
        else "",
    )


def email_of(delivery: Delivery) -> EmailMultiAlternatives:
    """The letter of `delivery`, in its receiver's language."""
    notification = delivery.notification
    with language_of(notification):
        words = words_of(notification)
        context = {"words": words, "branch": notification.branch, "user": notification.user}
        body = render_to_string("mail/frame.txt", context)
        html = render_to_string("mail/frame.html", context)
    headers = {
        "Message-ID": message_id(notification),
        "Auto-Submitted": "auto-generated",
        "X-Notification-Kind": notification.kind,
    }
    if words.unsubscribe:  # RFC 8058: the mail program offers the button itself
        headers["List-Unsubscribe"] = f"<{words.unsubscribe}>"
        headers["List-Unsubscribe-Post"] = "List-Unsubscribe=One-Click"
    letter = EmailMultiAlternatives(
        subject=notification.subject,
        body=body,
        to=[notification.user.email if notification.user else notification.email],
        headers=headers,
    )
    letter.attach_alternative(html, "text/html")
    return letter


def message_id(notification: Notification) -> str:
    """The same key gives the same Message-ID: sent twice by a crash, it is one letter to a mail program."""
    digest = hashlib.sha256(notification.key.encode()).hexdigest()[:32]
    return f"<{digest}@{notification.branch.host or settings.PORTAL_HOST}>"


# --- unsubscribing ---------------------------------------------------------------------------------


def unsubscribe_path(user: User, kind: str) -> str:
    """Where one click stops letters of `kind` to `user`. Signed, and void once `link_version` is raised."""
    version = user.notification_settings.link_version if hasattr(user, "notification_settings") else 0
    token = signing.dumps([user.pk, kind, version], salt=_SALT)
    return reverse("unsubscribe", args=[token])


def read_unsubscribe(token: str) -> tuple[User, str] | None:
    """Whose letters of what kind the link stops; None for a foreign, altered or revoked one."""
    try:
        pk, kind, version = signing.loads(token, salt=_SALT)
    except (signing.BadSignature, ValueError):
        return None
    user = User.objects.active().select_related("notification_settings").filter(pk=pk).first()
    if user is None:
        return None
    known = user.notification_settings.link_version if hasattr(user, "notification_settings") else 0
    return (user, kind) if version == known else None
