"""What the kernel and the libraries under it know of a person."""

from __future__ import annotations

import json

from allauth.account.models import EmailAddress, EmailConfirmation
from allauth.mfa.models import Authenticator
from allauth.socialaccount.models import SocialAccount, SocialApp, SocialToken
from django.contrib.admin.models import LogEntry
from django.contrib.auth.models import Group, Permission
from django.contrib.contenttypes.models import ContentType
from django.contrib.sessions.models import Session
from django.db.models import Q, QuerySet
from django.utils import timezone

from hub import uploads
from hub.choices import DeliveryState
from hub.models import (
    Branch,
    City,
    Consent,
    Delivery,
    District,
    Notification,
    NotificationSettings,
    Reminded,
    Revision,
    Role,
    TelegramChat,
    Upload,
    User,
)
from hub.my_data import addresses, hold, identifiers, mentioning, not_personal


def _letters(user: User) -> QuerySet[Notification]:
    return Notification.objects.filter(Q(user=user) | Q(email__in=addresses(user)))


def _erase_letters(user: User) -> None:
    """Messages to the person and those that name them to others: emptied, not sent any more, in no inbox."""
    named = mentioning(Notification.objects.all(), identifiers(user), "context", "subject")
    touched = Notification.objects.filter(pk__in=[*_letters(user).union(named).values_list("pk", flat=True)])
    gone = [DeliveryState.SENT, DeliveryState.DIGESTED]
    Delivery.objects.filter(notification__in=touched).exclude(state__in=gone).update(
        state=DeliveryState.SKIPPED
    )
    touched.update(context={}, subject="", in_inbox=False)
    # A message has a receiver: an address without an account becomes the nameless account.
    touched.filter(user=None, email__in=addresses(user)).update(user=user)
    touched.filter(email__in=addresses(user)).update(email="")


def _erase_uploads(user: User) -> None:
    """Files that nothing needs go; pictures of communities stay, without an owner."""
    mine = Upload.objects.filter(owner=user)
    uploads.discard(uploads.unreferenced(mine))
    mine.update(owner=None, title="")


def _erase_sessions(user: User) -> None:
    """Every browser is signed out; what an unfinished sign-up or reset remembered goes too."""
    words = addresses(user)
    for session in Session.objects.iterator(chunk_size=500):
        told = session.get_decoded()
        text = json.dumps(told, default=str, ensure_ascii=False)
        if told.get("_auth_user_id") == str(user.pk) or any(word in text for word in words):
            session.delete()


def _erase_admin_log(user: User) -> None:
    about = LogEntry.objects.filter(
        content_type=ContentType.objects.get_for_model(User), object_id=str(user.pk)
    )
    about.update(object_repr="", change_message="")


def _erase_user(user: User) -> None:
    EmailAddress.objects.filter(user=user).delete()
    user.groups.clear()
    user.user_permissions.clear()
    user.email = f"erased-{user.pk}@invalid"
    user.name, user.phone, user.last_login = "", "", None
    user.is_active = user.is_superuser = False
    user.erased_at = user.erased_at or timezone.now()
    user.set_unusable_password()
    user.save()


def register() -> None:
    """Speak for every table below our apps."""
    hold(
        Notification,
        rows=_letters,
        fields=("key", "user", "email", "subject", "context", "path", "created_at", "read_at"),
        erase=_erase_letters,
    )
    not_personal(Notification, "kind of message", "kind")
    hold(
        Delivery,
        rows=lambda user: Delivery.objects.filter(notification__in=_letters(user)),
        fields=("channel", "state", "sent_at"),
    )
    not_personal(Delivery, "kind of fault", "error")
    hold(
        NotificationSettings,
        rows=lambda user: NotificationSettings.objects.filter(user=user),
        fields=("user", "timezone", "quiet_from", "quiet_until", "digest", "digest_at", "muted"),
        erase=lambda user: NotificationSettings.objects.filter(user=user).delete(),
    )
    hold(
        TelegramChat,
        rows=lambda user: TelegramChat.objects.filter(user=user),
        fields=("user", "chat", "linked_at"),
        erase=lambda user: TelegramChat.objects.filter(user=user).delete(),
    )
    not_personal(TelegramChat, "a one-way hash", "code_hash")
    not_personal(Reminded, "which reminder of which row has been said")
    hold(
        Upload,
        rows=lambda user: Upload.objects.filter(owner=user),
        fields=("file", "owner", "title", "content_type", "size", "at"),
        erase=_erase_uploads,
    )
    not_personal(Upload, "kind of file", "extension")
    hold(
        Session,
        rows=lambda user: Session.objects.none(),
        fields=("session_key", "session_data"),
        erase=_erase_sessions,
    )
    hold(
        LogEntry,
        rows=lambda user: LogEntry.objects.filter(user=user),
        fields=("user", "action_time", "object_id", "object_repr", "change_message"),
        erase=_erase_admin_log,
    )
    hold(
        Role,
        rows=lambda user: Role.objects.filter(user=user),
        fields=("user", "role", "branch", "granted_at"),
        erase=lambda user: Role.objects.filter(user=user).delete(),
    )
    not_personal(Role, "whoever granted it stays as a number", "granted_by")
    # Trails that are never changed: after an erasure they point at a nameless person.
    hold(
        Consent,
        rows=lambda user: Consent.objects.filter(user=user),
        fields=("user", "kind", "subject", "given", "text_version", "text_hash", "channel", "at"),
    )
    hold(
        Revision,
        rows=lambda user: Revision.objects.filter(actor=user),
        fields=("actor", "target", "target_id", "action", "changed", "at"),
    )
    not_personal(Revision, "why something was decided, in words about the row", "note")
    hold(
        Authenticator,
        rows=lambda user: Authenticator.objects.filter(user=user),
        fields=("user", "type", "created_at", "last_used_at"),
        erase=lambda user: Authenticator.objects.filter(user=user).delete(),
    )
    not_personal(Authenticator, "secrets and public keys; go with the row", "data")
    hold(
        SocialAccount,
        rows=lambda user: SocialAccount.objects.filter(user=user),
        fields=("user", "provider", "uid", "extra_data", "last_login", "date_joined"),
        erase=lambda user: SocialAccount.objects.filter(user=user).delete(),
    )
    not_personal(SocialToken, "keys to another site; go with the account there")
    not_personal(EmailConfirmation, "a one-time secret; goes with the address")
    hold(
        EmailAddress,
        rows=lambda user: EmailAddress.objects.filter(user=user),
        fields=("user", "email", "verified", "primary"),
    )
    hold(
        User,
        rows=lambda user: User.objects.filter(pk=user.pk),
        fields=("email", "name", "phone", "language", "theme", "date_joined", "last_login"),
        erase=_erase_user,
    )
    not_personal(User, "a one-way hash", "password")
    for place in (Branch, City, District):
        not_personal(place, "places and the branch's own contacts")
    for table in (Group, Permission, ContentType, SocialApp):
        not_personal(table, "set up by the developers")
