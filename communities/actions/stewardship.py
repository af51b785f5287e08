"""People of a community: their contacts, invitations, handing over and leaving."""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Collection, Mapping
from datetime import timedelta

from django.db import transaction
from django.utils import timezone
from django.utils.crypto import salted_hmac
from django.utils.translation import gettext as _

from communities.actions.review import hold
from communities.choices import ContactKind, StewardRole
from communities.models import Community, Contact, Invitation, Stewardship
from communities.notifications import invitation_sent
from hub import consents
from hub.approvals import Refused, record_revision
from hub.choices import ConsentKind
from hub.models import User

INVITATION_LIFE = timedelta(days=14)
_CONTACT, _NAME = "contact:", "name:"


# --- contacts and the name: public only by the person's own consent ------------------------------------


@transaction.atomic
def save_contacts(
    stewardship: Stewardship,
    values: Mapping[str, str],
    *,
    public: Collection[str],
    by: User,
    channel: str,
) -> None:
    """Make the steward's contacts what `values` says ({kind: value}; "" takes one away).

    `public` names the kinds whose box the person ticked beside this very value. Raises Refused to who has
    left the team meanwhile.
    """
    # The person's own row, so that a double click writes once: contacts yet to be made cannot be locked.
    if not Stewardship.objects.select_for_update(of=("self",)).filter(pk=stewardship.pk).first():
        raise Refused(_("Вас уже нет в команде этого сообщества, контакты убраны."))
    have = {contact.kind: contact for contact in stewardship.contacts.select_for_update()}
    changed = set()
    for kind in ContactKind.values:
        value, contact = values.get(kind, ""), have.get(kind)
        if contact and contact.value != value:
            # Another value is another contact: the consent was for the old one.
            _forget(contact, channel)
            contact = None
            changed.add(kind)
        if value and contact is None:
            contact = Contact.objects.create(stewardship=stewardship, kind=kind, value=value)
            changed.add(kind)
        if contact and kind in public:
            publish_contact(contact, by=by, channel=channel)
        elif contact:
            hide_contact(contact, by=by, channel=channel)
    if changed:
        record_revision(stewardship, "contacts", by=by, changed=changed)


@transaction.atomic
def publish_contact(contact: Contact, *, by: User, channel: str) -> None:
    """Show a contact to everybody. Raises Refused when `by` is not the person it belongs to."""
    if contact.stewardship.user_id != by.pk:
        raise Refused(_("Показать контакт всем может только тот, чей он."))
    if contact.is_public:
        return
    consents.give(by, ConsentKind.CONTACT, subject=f"{_CONTACT}{contact.pk}", channel=channel)
    contact.is_public = True
    contact.save(update_fields=["is_public"])
    record_revision(contact.stewardship, "publish_contact", by=by, changed=[contact.kind])


@transaction.atomic
def hide_contact(contact: Contact, *, by: User, channel: str) -> None:
    """Take a contact out of sight at once and withdraw the consent; hiding a hidden one changes nothing."""
    if not contact.is_public:
        return
    consents.withdraw(
        contact.stewardship.user, ConsentKind.CONTACT, subject=f"{_CONTACT}{contact.pk}", channel=channel
    )
    contact.is_public = False
    contact.save(update_fields=["is_public"])
    record_revision(contact.stewardship, "hide_contact", by=by, changed=[contact.kind])


def _forget(contact: Contact, channel: str) -> None:
    subject = f"{_CONTACT}{contact.pk}"
    consents.withdraw(contact.stewardship.user, ConsentKind.CONTACT, subject=subject, channel=channel)
    contact.delete()


@transaction.atomic
def show_name(stewardship: Stewardship, shown: bool, *, by: User, channel: str) -> None:
    """Show or hide the steward's name on the community's page. Raises Refused to show somebody else's."""
    if shown == stewardship.is_public:
        return
    subject = f"{_NAME}{stewardship.pk}"
    if shown:
        if stewardship.user_id != by.pk:
            raise Refused(_("Показать имя всем может только тот, чьё оно."))
        consents.give(by, ConsentKind.CONTACT, subject=subject, channel=channel)
    else:
        consents.withdraw(stewardship.user, ConsentKind.CONTACT, subject=subject, channel=channel)
    stewardship.is_public = shown
    stewardship.save(update_fields=["is_public"])
    record_revision(stewardship, "show_name" if shown else "hide_name", by=by)


def consent_withdrawn(user: User, subject: str) -> None:
    """A consent to publication was taken back elsewhere (account settings): hide what it showed."""
    kind, _colon, pk = subject.partition(":")
    if not pk.isdigit():
        return
    if kind == "contact":
        Contact.objects.filter(pk=pk, stewardship__user=user).update(is_public=False)
    elif kind == "name":
        Stewardship.objects.filter(pk=pk, user=user).update(is_public=False)


# --- invitations ------------------------------------------------------------------------------------------


def invitation_token(invitation: Invitation) -> str:
    """The secret of the invitation's link (256 bits). Made from SECRET_KEY, so the database alone opens nothing."""
    made_of = f"{invitation.pk}:{invitation.created_at.isoformat()}"
    return salted_hmac("communities.invitation", made_of, algorithm="sha256").hexdigest()


def _hash(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()


@transaction.atomic
def invite_steward(
    community: Community, *, by: User, role: str = StewardRole.CO_LEADER, email: str = ""
) -> tuple[Invitation, str]:
    """An invitation that works once within 14 days, and the token of its link; a letter goes to `email`."""
    if role not in (StewardRole.CO_LEADER, StewardRole.EDITOR):
        raise Refused(_("Пригласить можно солидера или редактора. Руководство передаётся отдельно."))
    invitation = Invitation(
        community=community,
        role=role,
        email=email,
        created_by=by,
        expires_at=timezone.now() + INVITATION_LIFE,
    )
    # The token is made from the row's own key and time, so the row has to be there first.
    invitation.token_hash = secrets.token_hex(32)
    invitation.save()
    token = invitation_token(invitation)
    invitation.token_hash = _hash(token)
    invitation.save(update_fields=["token_hash"])
    record_revision(invitation, "invite", by=by)
    if email:
        invitation_sent(invitation)
    return invitation, token


def find_invitation(token: str) -> Invitation | None:
    """The usable invitation that `token` opens."""
    return (
        Invitation.objects.usable()
        .select_related("community", "created_by")
        .filter(token_hash=_hash(token))
        .first()
    )


@transaction.atomic
def accept_invitation(token: str, *, by: User) -> Stewardship:
    """Make `by` a steward. Raises Refused when the link is used up, taken back, out of date or unknown."""
    found = find_invitation(token)
    # The community first, as everybody who changes its team does: nobody joins twice or what is being merged.
    community = hold(found.community_id) if found else None
    invitation = (
        Invitation.objects.select_for_update(of=("self",)).usable().filter(token_hash=_hash(token)).first()
    )
    if invitation is None or community is None:
        raise Refused(_("Ссылка больше не действует: её отозвали, уже открыли или прошло две недели."))
    if invitation.community_id != community.pk:
        raise Refused(_("Сообщество только что объединили с другим. Откройте ссылку ещё раз."))
    if invitation.community.stewardships.filter(user=by).exists():
        raise Refused(_("Вы уже в команде этого сообщества. Ссылка цела: передайте её тому, кого зовёте."))
    invitation.accepted_by, invitation.accepted_at = by, timezone.now()
    invitation.save(update_fields=["accepted_by", "accepted_at"])
    stewardship = Stewardship.objects.create(community=invitation.community, user=by, role=invitation.role)
    record_revision(invitation, "accept", by=by)
    record_revision(invitation.community, "join", by=by, changed=[invitation.role])
    return stewardship


@transaction.atomic
def revoke_invitation(invitation: Invitation, *, by: User) -> None:
    """Take an invitation back. Raises Refused when somebody has already joined by it."""
    fresh = Invitation.objects.select_for_update().get(pk=invitation.pk)
    if fresh.accepted_at:
        raise Refused(_("По этой ссылке уже вступили. Убрать человека можно в списке команды."))
    if fresh.revoked_at is None:
        fresh.revoked_at = timezone.now()
        fresh.save(update_fields=["revoked_at"])
        record_revision(fresh, "revoke", by=by)


# --- who leads ---------------------------------------------------------------------------------------------


@transaction.atomic
def remove_steward(stewardship: Stewardship, *, by: User) -> None:
    """Take a person out of the team, their contacts with them; leaving is removing oneself.

    Raises Refused for the leader: leadership is handed over first.
    """
    fresh = Stewardship.objects.select_for_update(of=("self",)).filter(pk=stewardship.pk).first()
    if fresh is None:
        return
    if fresh.role == StewardRole.LEADER:
        raise Refused(_("Лидер не может уйти, пока не передал руководство. Выберите, кто будет вместо вас."))
    channel = "team"
    for contact in fresh.contacts.filter(is_public=True):
        hide_contact(contact, by=by, channel=channel)
    show_name(fresh, False, by=by, channel=channel)
    record_revision(
        fresh.community, "leave" if fresh.user_id == by.pk else "remove", by=by, changed=[fresh.role]
    )
    fresh.delete()


@transaction.atomic
def hand_over(community: Community, *, to: Stewardship, by: User) -> None:
    """Make `to` the leader; the present leader stays as a co-leader.

    Raises Refused for a stranger, and to who has handed it over already in another tab.
    """
    team = {row.pk: row for row in Stewardship.objects.select_for_update().filter(community=community)}
    heir = team.get(to.pk)
    if heir is None:
        raise Refused(_("Этого человека уже нет в команде. Пригласите его и передайте руководство снова."))
    if heir.role == StewardRole.LEADER:
        return
    if not any(row.role == StewardRole.LEADER and row.user_id == by.pk for row in team.values()):
        raise Refused(_("Руководство уже передано: теперь им распоряжается новый лидер."))
    # The old leader first: a community has one leader at any moment.
    for row in team.values():
        if row.role == StewardRole.LEADER:
            row.role = StewardRole.CO_LEADER
            row.save(update_fields=["role"])
    heir.role = StewardRole.LEADER
    heir.save(update_fields=["role"])
    record_revision(community, "hand_over", by=by)
