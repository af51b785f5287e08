"""Two entries of one community become one: with a preview, a trace, redirects and a way back."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from communities.actions.search import learn_words
from communities.choices import Listing, StewardRole
from communities.diff import COLUMNS
from communities.models import CensusRecord, Claim, Community, Contact, Invitation, Merge, NotDuplicate, Photo
from hub.approvals import AlreadyDecided, Refused, lock, move, record_revision
from hub.choices import State
from hub.models import User

#: Columns of a record that are not its answers.
_NOT_COPIED = {
    "id",
    "search",
    "confirms",
    "version",
    "touched",
    "rough",
    "submitted_version",
    "created_at",
    "saved_at",
}


@transaction.atomic
def tell_apart(one: Community, other: Community, *, by: User) -> None:
    """Note that two communities are different: they are not suspected of each other again."""
    if one.pk == other.pk:
        raise Refused(_("Это одно и то же сообщество."))
    first, second = sorted((one, other), key=lambda community: community.pk)
    _pair, created = NotDuplicate.objects.get_or_create(first=first, second=second, defaults={"by": by})
    if created:
        record_revision(first, "tell_apart", by=by, note=str(second.pk))


def _hold_both(source_id: int, target_id: int) -> tuple[Community, Community]:
    """Both communities locked, in one order for everybody."""
    rows = (
        Community.objects.select_for_update(of=("self",))
        .select_related("current", "branch")
        .filter(pk__in=[source_id, target_id])
        .order_by("pk")
    )
    both = {row.pk: row for row in rows}
    if source_id not in both or target_id not in both:
        raise AlreadyDecided(_("Одного из этих сообществ уже нет: лидер удалил черновик. Обновите страницу."))
    return both[source_id], both[target_id]


@transaction.atomic
def merge_communities(source: Community, target: Community, *, by: User, take: Collection[str] = ()) -> Merge:
    """Let `source` go into `target`; `take` names the fields whose answer comes from the source.

    The source's address leads to the target from now on; its people, claims, invitations and unfinished
    record go over; its approved records stay with it, readable. Raises Refused when it cannot be.
    """
    if source.pk == target.pk:
        raise Refused(_("Сообщество нельзя объединить с самим собой."))
    in_work = [
        lock(row)
        for row in CensusRecord.objects.in_work().filter(community__in=[source, target]).order_by("pk")
    ]
    source, target = _hold_both(source.pk, target.pk)
    # Locked one after another: by now a questionnaire may have been begun, decided on or discarded.
    unfinished = CensusRecord.objects.in_work().filter(community__in=[source, target])
    if set(unfinished.values_list("pk", flat=True)) != {row.pk for row in in_work}:
        raise AlreadyDecided(_("Пока вы сравнивали, одну из анкет изменили. Обновите страницу."))
    if source.branch_id != target.branch_id:
        raise Refused(_("Объединить можно только сообщества одного отделения."))
    if Listing.MERGED in (source.listing, target.listing):
        raise AlreadyDecided(_("Одно из этих сообществ уже объединено с другим. Обновите страницу."))
    if source.current is not None and target.current is None:
        raise Refused(_("Останется запись, которой город не видит. Поменяйте сообщества местами."))
    if take and source.current is None:
        raise Refused(_("У «%(name)s» ещё нет принятой записи: брать из неё нечего.") % {"name": source})
    busy = any(row.community_id == target.pk for row in in_work)
    if busy and any(row.community_id == source.pk and row.state == State.SUBMITTED for row in in_work):
        raise Refused(_("У обоих сообществ есть незаконченная анкета. Сначала решите по одной из них."))
    before: dict[str, Any] = {
        "listing": source.listing,
        "fields": sorted(take),
        "record": _combine(source, target, take, by=by),
        "in_work": _move_unfinished(source, target, in_work),
        "people": _move_people(source, target),
        "claims": _move_claims(source, target),
        "invitations": _moved(Invitation.objects.usable().filter(community=source), community=target),
        # What went into the source earlier leads straight to the target.
        "chain": _moved(Community.objects.filter(merged_into=source), merged_into=target),
    }
    source.listing, source.merged_into = Listing.MERGED, target
    source.save(update_fields=["listing", "merged_into"])
    merge = Merge.objects.create(source=source, target=target, by=by, before=before)
    record_revision(source, "merge", by=by, note=target.slug)
    record_revision(target, "merge", by=by, note=source.slug, changed=take)
    return merge


def _combine(source: Community, target: Community, take: Collection[str], *, by: User) -> list[int] | None:
    """A new public record of the target with the taken answers; [old, new] keys, None when none is taken."""
    old = target.current
    if not take or old is None or source.current is None:
        return None
    new = CensusRecord(community=target)
    for field in CensusRecord._meta.concrete_fields:
        if field.name not in _NOT_COPIED and field.name != "community":
            setattr(new, field.attname, getattr(old, field.attname))
    for name in take:
        for column in COLUMNS.get(name, (name,)):
            if column != "photos":
                attname = CensusRecord._meta.get_field(column).attname
                setattr(new, attname, getattr(source.current, attname))
    if new.decided_at and new.submitted_by_id != by.pk:
        new.decided_by, new.decided_at = by, timezone.now()
    new.fill_keys()
    move(old, "retire", by=by)
    new.save()
    photos = list(old.photos.all())
    if "photos" in take:
        photos += [
            photo
            for photo in source.current.photos.all()
            if photo.upload_id not in {p.upload_id for p in photos}
        ]
    Photo.objects.bulk_create(
        Photo(record=new, upload_id=photo.upload_id, position=at) for at, photo in enumerate(photos)
    )
    target.current = new
    target.save(update_fields=["current"])
    record_revision(new, "merge", by=by, changed=take)
    if target.listing == Listing.LISTED:
        learn_words(new)
    return [old.pk, new.pk]


def _move_unfinished(source: Community, target: Community, in_work: list[CensusRecord]) -> int | None:
    """The source's unfinished record becomes a change of the target, unless the target has one of its own."""
    mine = [row for row in in_work if row.community_id == source.pk]
    if not mine or any(row.community_id == target.pk for row in in_work):
        return None
    CensusRecord.objects.filter(pk=mine[0].pk).update(community=target)
    return mine[0].pk


def _move_people(source: Community, target: Community) -> list[dict[str, Any]]:
    """Stewards go over; who stewards both keeps one stewardship, with the contacts of both."""
    there = {row.user_id: row for row in target.stewardships.select_for_update()}
    led = any(row.role == StewardRole.LEADER for row in there.values())
    moved: list[dict[str, Any]] = []
    for row in source.stewardships.select_for_update().order_by("pk"):
        note = {"pk": row.pk, "role": row.role, "contacts": []}
        if row.user_id in there:
            have = set(there[row.user_id].contacts.values_list("kind", "value"))
            new = [contact for contact in row.contacts.all() if (contact.kind, contact.value) not in have]
            Contact.objects.filter(pk__in=[contact.pk for contact in new]).update(
                stewardship=there[row.user_id]
            )
            note["contacts"] = [contact.pk for contact in new]
        else:
            if row.role == StewardRole.LEADER:
                row.role, led = (StewardRole.CO_LEADER, led) if led else (StewardRole.LEADER, True)
            row.community = target
            row.save(update_fields=["community", "role"])
        moved.append(note | {"now": row.role, "moved": row.community_id == target.pk})
    return moved


def _move_claims(source: Community, target: Community) -> list[int]:
    """Waiting claims go over, but for a person who has claimed the target as well."""
    twice = target.claims.waiting().values("submitted_by")
    return _moved(source.claims.waiting().exclude(submitted_by__in=twice), community=target)


def _moved(rows: QuerySet[Any], **to: Community) -> list[int]:
    """Point `rows` at the target; their keys, for the way back."""
    moved = list(rows.values_list("pk", flat=True))
    rows.model._base_manager.filter(pk__in=moved).update(**to)
    return moved


# --- the way back -----------------------------------------------------------------------------------


@transaction.atomic
def undo_merge(merge: Merge, *, by: User) -> Merge:
    """Put everything back as it was before the merge.

    Raises AlreadyDecided on a second click, and Refused, naming it, when something newer stands against it.
    """
    merge = Merge.objects.select_for_update(of=("self",)).get(pk=merge.pk)
    if merge.undone_at:
        raise AlreadyDecided(_("Это объединение уже отменено."))
    before = merge.before
    if before["in_work"]:
        CensusRecord.objects.select_for_update().filter(pk=before["in_work"]).first()
    source, target = _hold_both(merge.source_id, merge.target_id)
    if newer := _newer(before, source, target):
        raise Refused(_("Отменить уже нельзя: %(why)s.") % {"why": "; ".join(newer)})
    _put_back_record(before, target, by=by)
    if before["in_work"]:
        CensusRecord.objects.filter(pk=before["in_work"]).update(community=source)
    _put_back_people(before, source)
    Claim.objects.filter(pk__in=before["claims"]).update(community=source)
    Invitation.objects.filter(pk__in=before["invitations"]).update(community=source)
    Community.objects.filter(pk__in=before["chain"]).update(merged_into=source)
    source.listing, source.merged_into = before["listing"], None
    source.save(update_fields=["listing", "merged_into"])
    merge.undone_at, merge.undone_by = timezone.now(), by
    merge.save(update_fields=["undone_at", "undone_by"])
    record_revision(source, "unmerge", by=by, note=target.slug)
    record_revision(target, "unmerge", by=by, note=source.slug)
    return merge


def _newer(before: dict[str, Any], source: Community, target: Community) -> list[str]:
    """What happened since the merge and would be lost or contradicted by undoing it."""
    found = []
    if source.merged_into_id != target.pk or target.listing == Listing.MERGED:
        found.append(_("«%(name)s» с тех пор само объединено с другим сообществом") % {"name": target})
    if before["record"] and target.current_id != before["record"][1]:
        found.append(_("у «%(name)s» с тех пор одобрена новая анкета") % {"name": target})
    if before["in_work"]:
        record = CensusRecord.objects.filter(pk=before["in_work"]).first()
        if record is None or record.community_id != target.pk or record.state not in _UNFINISHED:
            found.append(_("анкеты, перешедшей при объединении, уже нет или по ней решено"))
    people = {row.pk: row for row in target.stewardships.all()}
    moved = [note for note in before["people"] if note["moved"]]
    if any(note["pk"] not in people or people[note["pk"]].role != note["now"] for note in moved):
        found.append(_("команда сообщества с тех пор изменилась"))
    claims = Claim.objects.filter(pk__in=before["claims"])
    if claims.filter(state=State.SUBMITTED, community=target).count() != len(before["claims"]):
        found.append(_("по заявлению лидера уже есть решение"))
    return found


_UNFINISHED = (State.DRAFT, State.SUBMITTED, State.RETURNED)


def _put_back_record(before: dict[str, Any], target: Community, *, by: User) -> None:
    if not before["record"]:
        return
    old, new = (CensusRecord.objects.get(pk=pk) for pk in before["record"])
    move(new, "retire", by=by)
    target.current = move(old, "reinstate" if old.decided_at else "reinstate_imported", by=by)
    target.save(update_fields=["current"])


def _put_back_people(before: dict[str, Any], source: Community) -> None:
    for note in before["people"]:
        # Contacts that went to another stewardship of the same person come home first.
        Contact.objects.filter(pk__in=note["contacts"]).update(stewardship_id=note["pk"])
        if note["moved"]:
            source.stewardships.model.objects.filter(pk=note["pk"]).update(
                community=source, role=note["role"]
            )
