"""Consents of 152-FZ: the texts by version, and the trail of giving and withdrawing them.

A text is never changed: a new wording is a new file and a new version in TEXTS. The newest row of a
(person, kind, subject) counts.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property

from django.conf import settings
from django.db import transaction

from hub.choices import ConsentKind
from hub.models import Consent, User


@dataclass(frozen=True)
class Text:
    """One wording of a consent, in templates/consents/<kind>_v<version>.txt."""

    kind: ConsentKind
    version: str

    @cached_property
    def body(self) -> str:
        file = settings.BASE_DIR / "templates" / "consents" / f"{self.kind.value}_v{self.version}.txt"
        return file.read_text(encoding="utf-8")

    @cached_property
    def hash(self) -> str:
        return hashlib.sha256(self.body.encode()).hexdigest()

    @property
    def paragraphs(self) -> list[str]:
        return [part.strip() for part in self.body.split("\n\n") if part.strip()]


#: Every wording there ever was, oldest first; the last one is asked for today.
TEXTS: dict[str, list[Text]] = {
    ConsentKind.PROCESSING: [Text(ConsentKind.PROCESSING, "1")],
    ConsentKind.CONTACT: [Text(ConsentKind.CONTACT, "1")],
}

#: What an app does when a consent is withdrawn: (person, subject) → None.
Follower = Callable[[User, str], None]
_followers: dict[str, list[Follower]] = {kind: [] for kind in ConsentKind}


def on_withdraw(kind: ConsentKind, follower: Follower) -> None:
    """Have `follower(user, subject)` called in the transaction of every withdrawal of `kind`.

    Apps above the kernel say so in their AppConfig.ready.
    """
    if follower not in _followers[kind]:
        _followers[kind].append(follower)


#: How an app calls the subjects of a consent: (person, subjects) → {subject: words}.
Namer = Callable[[User, list[str]], dict[str, str]]
_namers: dict[str, list[Namer]] = {kind: [] for kind in ConsentKind}


def name_subjects(kind: ConsentKind, namer: Namer) -> None:
    """Have `namer` say in words what each subject of `kind` is, for the list of a person's consents."""
    if namer not in _namers[kind]:
        _namers[kind].append(namer)


def subject_names(user: User, rows: list[Consent]) -> dict[str, str]:
    """What the subjects of `rows` are, in words; one that is gone has none."""
    named: dict[str, str] = {}
    for kind, namers in _namers.items():
        subjects = [row.subject for row in rows if row.kind == kind and row.subject]
        for namer in namers if subjects else ():
            named |= namer(user, subjects)
    return named


def current(kind: ConsentKind) -> Text:
    """The wording that is asked for today."""
    return TEXTS[kind][-1]


def newest(user: User, kind: ConsentKind, subject: str = "") -> Consent | None:
    return Consent.objects.of(user).filter(kind=kind, subject=subject).first()


def is_given(user: User, kind: ConsentKind, subject: str = "") -> bool:
    """Does the consent live now?"""
    row = newest(user, kind, subject)
    return row is not None and row.given


@transaction.atomic
def give(user: User, kind: ConsentKind, *, subject: str = "", channel: str) -> Consent:
    """Record that `user` agreed to today's wording; agreeing to the same twice leaves one row."""
    text = current(kind)
    row = newest(user, kind, subject)
    if row and row.given and row.text_hash == text.hash:
        return row
    return _write(user, kind, subject, given=True, version=text.version, text_hash=text.hash, channel=channel)


@transaction.atomic
def withdraw(user: User, kind: ConsentKind, *, subject: str = "", channel: str) -> Consent | None:
    """Take a consent back, at once and with everything that hangs on it; None when there was none."""
    row = newest(user, kind, subject)
    if row is None or not row.given:
        return None
    taken = _write(
        user, kind, subject, given=False, version=row.text_version, text_hash=row.text_hash, channel=channel
    )
    for follower in _followers[kind]:
        follower(user, subject)
    return taken


def _write(
    user: User, kind: ConsentKind, subject: str, *, given: bool, version: str, text_hash: str, channel: str
) -> Consent:
    return Consent.objects.create(
        user=user,
        kind=kind,
        subject=subject,
        given=given,
        text_version=version,
        text_hash=text_hash,
        channel=channel,
    )


def standing(user: User) -> list[Consent]:
    """The newest row of every consent that `user` ever gave, oldest first."""
    newest_of_each = (
        Consent.objects.filter(user=user).order_by("kind", "subject", "-id").distinct("kind", "subject")
    )
    return sorted(newest_of_each, key=lambda row: row.pk)
