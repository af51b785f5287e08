"""Meaningful writes of the kernel: roles, a person's profile, how they hear from the portal."""

from __future__ import annotations

from collections.abc import Iterable
from contextlib import suppress
from typing import Any

from django.db import transaction
from django.db.models.functions import Now
from django.utils.translation import gettext as _

from hub.approvals import Refused, record_revision
from hub.choices import DeliveryState, RoleKind
from hub.models import Branch, Delivery, Notification, NotificationSettings, Role, User
from hub.outbox.digests import FIELDS as DIGEST_FIELDS
from hub.outbox.kinds import kind_of
from hub.outbox.writing import ring_after_commit


@transaction.atomic
def grant_role(user: User, role: RoleKind, branch: Branch | None, *, by: User | None) -> Role:
    """Make `user` `role` of `branch` (federal staff: of none); holding it already changes nothing."""
    held, created = Role.objects.get_or_create(
        user=user, role=role, branch=branch, defaults={"granted_by": by}
    )
    if created:
        record_revision(user, "grant-role", by=by, note=f"{role} {branch.slug if branch else ''}".strip())
    return held


@transaction.atomic
def revoke_role(held: Role, *, by: User | None) -> None:
    """Take a role away; the person's next request is without it."""
    record_revision(
        held.user, "revoke-role", by=by, note=f"{held.role} {held.branch.slug if held.branch else ''}".strip()
    )
    held.delete()


@transaction.atomic
def grant_superuser(user: User, *, by: User | None) -> None:
    """Let `user` into the Django admin (behind the second factor) and everywhere else."""
    if not user.is_superuser:
        user.is_superuser = True
        user.save(update_fields=["is_superuser"])
        record_revision(user, "grant-superuser", by=by)


@transaction.atomic
def save_profile(user: User, answers: dict[str, Any], *, by: User) -> User:
    """Change name, phone, language and theme to what `answers` says."""
    changed = [field for field, value in answers.items() if getattr(user, field) != value]
    for field in changed:
        setattr(user, field, answers[field])
    if changed:
        user.save(update_fields=changed)
        record_revision(user, "save-profile", by=by, changed=changed)
    return user


# --- notifications ---------------------------------------------------------------------------------


@transaction.atomic
def save_notification_settings(user: User, answers: dict[str, Any], *, by: User) -> NotificationSettings:
    """Change how `user` hears from the portal; what a digest held goes by the new wishes from now on."""
    wishes, _created = NotificationSettings.objects.select_for_update().get_or_create(user=user)
    changed = [field for field, value in answers.items() if getattr(wishes, field) != value]
    for field in changed:
        setattr(wishes, field, answers[field])
    if changed:
        wishes.save(update_fields=changed)
        record_revision(user, "save-notifications", by=by, changed=changed)
    if not {*DIGEST_FIELDS}.isdisjoint(changed):
        held = Delivery.objects.of_user(user).filter(state=DeliveryState.HELD)
        held.update(state=DeliveryState.QUEUED, next_try_at=Now())
        ring_after_commit()
    return wishes


@transaction.atomic
def mute_kind(user: User, kind: str, channel: str, *, by: User | None) -> None:
    """Stop messages of `kind` through `channel`; the inbox goes on showing them. Twice is once."""
    wishes, _created = NotificationSettings.objects.select_for_update().get_or_create(user=user)
    if not wishes.mutes(kind, channel):
        wishes.muted = [*wishes.muted, f"{kind}:{channel}"]
        wishes.save(update_fields=["muted"])
        record_revision(user, "mute", by=by, note=f"{kind}:{channel}")


@transaction.atomic
def unmute_kind(user: User, kind: str, channel: str, *, by: User | None) -> None:
    """Let messages of `kind` through `channel` go out again. Twice is once."""
    wishes, _created = NotificationSettings.objects.select_for_update().get_or_create(user=user)
    if wishes.mutes(kind, channel):
        wishes.muted = [mark for mark in wishes.muted if mark != f"{kind}:{channel}"]
        wishes.save(update_fields=["muted"])
        record_revision(user, "unmute", by=by, note=f"{kind}:{channel}")


@transaction.atomic
def revoke_letter_links(user: User, *, by: User) -> None:
    """Make every unsubscribe link written so far worthless: a forwarded letter holds one."""
    wishes, _created = NotificationSettings.objects.select_for_update().get_or_create(user=user)
    wishes.link_version += 1
    wishes.save(update_fields=["link_version"])
    record_revision(user, "revoke-letter-links", by=by)


def read_notifications(user: User, *keys: int) -> None:
    """The person has seen these of their notifications; without keys: all of them."""
    unread = Notification.objects.inbox_of(user).unread()
    (unread.filter(pk__in=keys) if keys else unread).update(read_at=Now())


@transaction.atomic
def resend(delivery: Delivery, *, by: User) -> Delivery:
    """Send once more what was given up, by the receiver's wishes as they are now.

    Raises Refused for what is not given up, and for letters of sign-in: their text is not kept.
    """
    fresh = (
        Delivery.objects.select_for_update(of=("self",)).select_related("notification").get(pk=delivery.pk)
    )
    if fresh.state != DeliveryState.FAILED:
        raise Refused(_("Повторить можно только то, что не доставлено. Обновите страницу."))
    if kind_of(fresh.notification.kind).personal:
        raise Refused(_("Письма для входа не повторяются: человек сам попросит новое на странице входа."))
    fresh.state, fresh.attempts, fresh.error = DeliveryState.QUEUED, 0, ""
    fresh.queued_at = fresh.next_try_at = Now()
    fresh.save(update_fields=["state", "attempts", "error", "queued_at", "next_try_at"])
    record_revision(fresh, "resend", by=by)
    ring_after_commit()
    return fresh


@transaction.atomic
def resend_many(deliveries: Iterable[Delivery], *, by: User) -> int:
    """Send once more those that may be; how many they are. The others (sent meanwhile) stay as they are."""
    done = 0
    for delivery in deliveries:
        with suppress(Refused):
            resend(delivery, by=by)
            done += 1
    return done
