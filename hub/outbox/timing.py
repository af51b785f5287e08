"""When a delivery goes out: now, later, in a digest, or not at all. Pure: the caller brings the clock."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

from hub.choices import ChannelCode, DigestRhythm
from hub.models import Delivery, NotificationSettings
from hub.outbox.kinds import Kind, kind_of

_DAY = timedelta(days=1)
MONDAY = 0


@dataclass(frozen=True)
class Send:
    """Now."""


@dataclass(frozen=True)
class Wait:
    """Not before `until`: it is night there."""

    until: datetime


@dataclass(frozen=True)
class Hold:
    """Goes into the digest of `until`."""

    until: datetime


@dataclass(frozen=True)
class Skip:
    """Never."""

    reason: str


Verdict = Send | Wait | Hold | Skip
MUTED, LATE, GONE = "muted", "too-late", "gone"


def settings_of(delivery: Delivery) -> NotificationSettings:
    """The receiver's settings; the defaults of whoever never said anything or has no account."""
    user = delivery.notification.user
    return getattr(user, "notification_settings", None) or NotificationSettings(user=user)


def refusal(delivery: Delivery, now: datetime) -> Skip | None:
    """Why `delivery` is not to go out at all any more; None when it is."""
    notification = delivery.notification
    kind, user = kind_of(notification.kind), notification.user
    if notification.too_late_at and notification.too_late_at <= now:
        return Skip(LATE)
    if user and not (user.is_active and user.email):
        return Skip(GONE)
    if not kind.personal and settings_of(delivery).mutes(kind.code, delivery.channel):
        return Skip(MUTED)
    return None


def verdict(delivery: Delivery, now: datetime) -> Verdict:
    """What is to be done with a ripe `delivery` at `now` (the database's)."""
    if refused := refusal(delivery, now):
        return refused
    notification = delivery.notification
    kind = kind_of(notification.kind)
    if kind.personal:
        return Send()
    wishes = settings_of(delivery)
    zone = wishes.zone(notification.branch)
    later: Wait | Hold | None = None
    if _collected(kind, delivery, wishes):
        later = Hold(next_digest(now, wishes.digest, wishes.digest_at, zone))
    elif quiet := quiet_end(now, wishes.quiet_from, wishes.quiet_until, zone):
        later = Wait(quiet)
    # Better at night than after it stopped to matter.
    if later is None or (notification.too_late_at and notification.too_late_at <= later.until):
        return Send()
    return later


def _collected(kind: Kind, delivery: Delivery, wishes: NotificationSettings) -> bool:
    """Does it wait for the digest? What asks for an act never does, nor does a digest itself."""
    return (
        wishes.digest != DigestRhythm.AT_ONCE
        and delivery.channel == ChannelCode.EMAIL
        and not kind.needs_act
        and kind.code != "digest"
    )


def _at(day: datetime, clock: time, zone: ZoneInfo) -> datetime:
    return datetime.combine(day.date(), clock, zone)


def quiet_end(now: datetime, since: time | None, until: time | None, zone: ZoneInfo) -> datetime | None:
    """The end of the quiet hours that `now` is in; None when it is in none."""
    if since is None or until is None or since == until:
        return None
    local = now.astimezone(zone)
    clock = local.time()
    if since < until:
        end = _at(local, until, zone) if since <= clock < until else None
    elif clock >= since:
        end = _at(local + _DAY, until, zone)
    else:
        end = _at(local, until, zone) if clock < until else None
    # An hour that clocks set back show twice is quiet once: nobody is told to wait for what has been.
    return end if end and end > now else None


def next_digest(now: datetime, rhythm: str, clock: time, zone: ZoneInfo) -> datetime:
    """The next hour of a digest after `now`: of the day, or of the week on its Monday."""
    local = now.astimezone(zone)
    day = _at(local, clock, zone)
    while day <= now or (rhythm == DigestRhythm.WEEKLY and day.weekday() != MONDAY):
        day = _at(day + _DAY, clock, zone)
    return day
