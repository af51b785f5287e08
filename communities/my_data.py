"""What the registry knows of a person, how it is handed out and erased."""

from __future__ import annotations

from django.db.models import Q, QuerySet

from communities.models import (
    CensusRecord,
    CensusRound,
    Claim,
    Community,
    Contact,
    FieldDecision,
    FormerSlug,
    ImportBatch,
    ImportRow,
    Invitation,
    Merge,
    NotDuplicate,
    Photo,
    SearchWord,
    Stewardship,
)
from hub.approvals import record_revision
from hub.models import User
from hub.my_data import addresses, hold, identifiers, not_personal, scrub

#: Answers in free words: a leader may have written their own phone there.
FREE_TEXT = (
    "short", "description", "schedule", "place", "premises_host", "first_visit", "legal_name",
    "offers", "needs", "goals", "dream", "rough",
)  # fmt: skip


def subject_names(user: User, subjects: list[str]) -> dict[str, str]:
    """What a consent to publication is about: «Телефон, «Тропа 862»»."""
    keys = {subject: subject.partition(":") for subject in subjects}
    contacts = Contact.objects.filter(
        pk__in=[pk for kind, _colon, pk in keys.values() if kind == "contact" and pk.isdigit()],
        stewardship__user=user,
    ).select_related("stewardship__community__current")
    teams = Stewardship.objects.filter(
        pk__in=[pk for kind, _colon, pk in keys.values() if kind == "name" and pk.isdigit()], user=user
    ).select_related("community__current")
    return {
        **{f"contact:{c.pk}": f"{c.get_kind_display()}, «{c.stewardship.community}»" for c in contacts},
        **{f"name:{s.pk}": f"{user.name}, «{s.community}»" for s in teams},
    }


def _words(user: User) -> set[str]:
    """By what the person can be told: of the contacts, too short ones would cut holes into innocent text."""
    values = Contact.objects.filter(stewardship__user=user).values_list("value", flat=True)
    return identifiers(user) | {value for value in values if len(value) > 4}


def _erase_texts(user: User) -> None:
    """The person's name and contacts inside answers and imported tables. First: it needs the contacts."""
    words = _words(user)
    mine = Q(community__stewardships__user=user) | Q(submitted_by=user)
    records = CensusRecord.objects.filter(pk__in=CensusRecord.objects.filter(mine).values("pk"))
    scrub(records, words, *FREE_TEXT)
    scrub(ImportBatch.objects.all(), words, "table", "filename", "error")
    scrub(ImportRow.objects.all(), words, "values", "reason")


def _erase_stewardships(user: User) -> None:
    """The person leaves every team; where they led alone, the registry shows «без лидера»."""
    for stewardship in Stewardship.objects.filter(user=user).select_related("community"):
        record_revision(stewardship.community, "leave", by=user, changed=[stewardship.role])
        stewardship.delete()


def _invitations(user: User) -> QuerySet[Invitation]:
    return Invitation.objects.filter(Q(accepted_by=user) | Q(created_by=user) | Q(email__in=addresses(user)))


def _erase_invitations(user: User) -> None:
    own = Q(accepted_by=user) | Q(email__in=addresses(user))
    Invitation.objects.filter(own).update(email="")


def _erase_claims(user: User) -> None:
    Claim.objects.filter(submitted_by=user).update(text="", link="", proof=None, reason="")


def register() -> None:
    """Speak for every table of the registry."""
    hold(
        CensusRecord,
        rows=lambda user: CensusRecord.objects.filter(submitted_by=user),
        fields=("submitted_by", "community", "name", "state", "submitted_at"),
        erase=_erase_texts,
    )
    not_personal(CensusRecord, "answers of a community; names inside them are cut out")
    hold(
        Contact,
        rows=lambda user: Contact.objects.filter(stewardship__user=user),
        fields=("kind", "value", "is_public"),
    )
    hold(
        Stewardship,
        rows=lambda user: Stewardship.objects.filter(user=user),
        fields=("user", "community", "role", "is_public", "since"),
        erase=_erase_stewardships,  # their contacts go with them
    )
    hold(
        Invitation,
        rows=_invitations,
        fields=("community", "role", "email", "created_by", "created_at", "accepted_by", "accepted_at"),
        erase=_erase_invitations,
    )
    not_personal(Invitation, "a hash of a one-time secret", "token_hash")
    hold(
        Claim,
        rows=lambda user: Claim.objects.filter(submitted_by=user),
        fields=("submitted_by", "community", "text", "link", "reason", "state", "submitted_at"),
        erase=_erase_claims,
    )
    not_personal(Claim, "whoever decided stays as a number", "decided_by")
    for model in (ImportBatch, ImportRow):
        not_personal(model, "tables of communities; names inside them are cut out")
    for model in (FieldDecision, Merge, NotDuplicate):
        not_personal(model, "work of the staff; whoever did it stays as a number")
    for model in (CensusRound, Community, FormerSlug, Photo, SearchWord):
        not_personal(model, "about communities")
