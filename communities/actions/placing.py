"""What a coordinator decides on rows that an import could not place by itself."""

from __future__ import annotations

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from communities.actions.registering import register_rows
from communities.choices import Fate, Listing
from communities.models import Community, ImportRow
from hub.approvals import AlreadyDecided, Refused, record_revision
from hub.models import City, User


@transaction.atomic
def place_row(row: ImportRow, *, city: City, by: User) -> Community:
    """Put the community of a row with an unknown city into a city of the branch: now the catalogue shows it.

    Raises AlreadyDecided, and Refused when the city is another branch's or the record is in somebody's hands.
    """
    row = _lock(row)
    if city.branch_id != row.branch_id:
        raise Refused(_("Этот город ведёт другое отделение. Выберите свой город или уберите строку в архив."))
    community = _community(row)
    record = community.current
    record.city = city
    record.fill_keys()
    record.save(
        update_fields=["city", "keywords", "name_key", "link_keys", "branch_key", "marks", "saved_at"]
    )
    community.listing, community.listed_at = Listing.LISTED, timezone.now()
    community.save(update_fields=["listing", "listed_at"])
    record_revision(community, "place", by=by, changed=["city"])
    return _settle(row, community)


@transaction.atomic
def archive_row(row: ImportRow, *, by: User) -> Community:
    """Not of this city: the community is kept in the archive, a later import does not bring it back."""
    row = _lock(row)
    community = _community(row)
    community.listing = Listing.ARCHIVED
    community.save(update_fields=["listing"])
    record_revision(community, "archive", by=by)
    return _settle(row, community)


@transaction.atomic
def join_row(row: ImportRow, *, by: User) -> Community | None:
    """The row is the community that it resembles: nothing is made, later imports know it."""
    row = _lock(row)
    _refuse_unless(row.fate == Fate.DUPLICATE)
    record_revision(row, "join", by=by)
    return _settle(row, row.community)


@transaction.atomic
def separate_row(row: ImportRow, *, by: User) -> Community:
    """The row is another community, however much alike: it is registered like a new one."""
    row = _lock(row)
    _refuse_unless(row.fate == Fate.DUPLICATE)
    if Community.objects.in_branch(row.branch).filter(import_key=row.key).exists():
        raise Refused(
            _(
                "Название и город те же, что у заведённого сообщества. Если это разные, переименуйте одно из них в таблице."
            )
        )
    register_rows([row], by=by, note=row.batch.filename)
    if row.values.get("city"):
        return _settle(row, row.community)
    # Made, but its city is still unknown: it goes on waiting, now to be placed.
    row.fate = Fate.NEW
    row.save(update_fields=["fate"])
    return row.community


def _lock(row: ImportRow) -> ImportRow:
    row = ImportRow.objects.select_for_update(of=("self",)).select_related("branch", "batch").get(pk=row.pk)
    if row.settled_at:
        raise AlreadyDecided(_("По этой строке решение уже есть. Обновите страницу."))
    return row


def _refuse_unless(fits: bool) -> None:
    if not fits:
        raise AlreadyDecided(_("По этой строке решение уже есть. Обновите страницу."))


def _community(row: ImportRow) -> Community:
    """The unlisted community of the row, locked. Raises AlreadyDecided when it is no longer one."""
    found = (
        Community.objects.select_for_update(of=("self",)).select_related("current").filter(import_rows=row)
    )
    community = found.first()
    _refuse_unless(row.fate == Fate.NEW and community is not None and community.listing == Listing.UNLISTED)
    assert community is not None
    return community


def _settle(row: ImportRow, community: Community | None) -> Community:
    row.community, row.settled_at = community, timezone.now()
    row.save(update_fields=["community", "settled_at"])
    return community
