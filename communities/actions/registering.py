"""Rows of a table become communities: many at once, each with its record, address and trace."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from datetime import date

from django.db import transaction
from django.db.models import OuterRef, Subquery
from django.utils import timezone

from communities.actions.census import ANSWERS
from communities.actions.fates import TAKEN, changes
from communities.choices import Listing
from communities.keys import address
from communities.models import CensusRecord, CensusRound, Community, FormerSlug, ImportRow
from hub.approvals import move
from hub.choices import State
from hub.models import District, Revision, User


@transaction.atomic
def register_rows(rows: Sequence[ImportRow], *, by: User | None, note: str = "") -> None:
    """A community with an imported record for each row; in the catalogue when its city is known."""
    rounds = {branch: round_of(branch) for branch in {row.branch_id for row in rows}}
    slugs = _addresses(rows)
    communities = Community.objects.bulk_create(
        Community(branch_id=row.branch_id, slug=slugs[row.pk], import_key=row.key) for row in rows
    )
    districts = District.objects.in_bulk(
        {row.values["district"] for row in rows if row.values.get("district")}
    )
    records = []
    for row, community in zip(rows, communities, strict=True):
        record = CensusRecord(
            community=community, round=rounds[row.branch_id], state=State.IMPORTED, legal_form=""
        )
        _fill(record, row, districts)
        records.append(record)
    CensusRecord.objects.bulk_create(records, batch_size=200)
    own = CensusRecord.objects.filter(community=OuterRef("pk"), state=State.IMPORTED).values("pk")
    placed = [
        community.pk for row, community in zip(rows, communities, strict=True) if row.values.get("city")
    ]
    every = Community.objects.filter(pk__in=[community.pk for community in communities])
    every.update(current=Subquery(own))
    every.filter(pk__in=placed).update(listing=Listing.LISTED, listed_at=timezone.now())
    for row, community in zip(rows, communities, strict=True):
        row.community = community
    ImportRow.objects.bulk_update(rows, ["community"], batch_size=200)
    Revision.objects.bulk_create(
        Revision(
            target=Community._meta.label_lower,
            target_id=community.pk,
            action="import",
            actor=by,
            note=note,
        )
        for community in communities
    )


@transaction.atomic
def update_row(row: ImportRow, *, by: User | None) -> CensusRecord:
    """A newer imported record in the place of the older one, which stays readable."""
    assert row.community is not None  # the fate says so
    community = Community.objects.select_related("current").get(pk=row.community.pk)
    old = community.current
    assert old is not None  # the fate says so
    changed = changes(old, row.values)
    if community.branch_id != row.branch_id:  # its city was nobody's, now a branch answers for it
        community.branch_id, community.slug = row.branch_id, _addresses([row])[row.pk]
    record = CensusRecord(community=community, round=round_of(community.branch_id), state=State.IMPORTED)
    for name in ANSWERS:
        attribute = CensusRecord._meta.get_field(name).attname
        setattr(record, attribute, getattr(old, attribute))
    _fill(record, row, {})
    move(old, "retire", by=by, changed=changed)
    record.save()
    community.current = record
    if record.city_id and community.listing == Listing.UNLISTED:
        community.listing, community.listed_at = Listing.LISTED, timezone.now()
    community.save(update_fields=["branch", "slug", "current", "listing", "listed_at"])
    return record


def round_of(branch: int) -> CensusRound:
    """The round that imported records belong to: the open one, else the newest, else this year's.

    A round made here is not open: nobody is asked anything by an import.
    """
    rounds = CensusRound.objects.for_branch(branch)
    found = rounds.current_for(branch) or rounds.order_by("-year", "branch").first()
    if found is None:
        year = timezone.localdate().year
        found, _created = CensusRound.objects.get_or_create(
            branch_id=branch,
            year=year,
            defaults={"opens_on": date(year, 1, 1), "closes_on": date(year, 12, 31)},
        )
    return found


def _fill(record: CensusRecord, row: ImportRow, districts: dict[int, District]) -> None:
    for name in TAKEN:
        if name in row.values:
            setattr(record, CensusRecord._meta.get_field(name).attname, row.values[name])
    if record.district_id in districts:
        record.district = districts[record.district_id]
    record.fill_keys()


def _addresses(rows: Sequence[ImportRow]) -> dict[int, str]:
    """A free address for each row (by its pk), made of the name; with a few signs of the key where it is taken."""
    bases = {row.pk: address(row.values["name"]) or "soobshchestvo" for row in rows}
    taken: dict[int, set[str]] = defaultdict(set)
    for model in (Community, FormerSlug):
        busy = model.objects.filter(branch__in={row.branch_id for row in rows}, slug__in=set(bases.values()))
        for branch, slug in busy.values_list("branch", "slug"):
            taken[branch].add(slug)
    chosen = {}
    for row in rows:
        slug = bases[row.pk]
        if slug in taken[row.branch_id] or slug == "soobshchestvo":
            slug = f"{slug}-{row.key[:8]}"
        taken[row.branch_id].add(slug)
        chosen[row.pk] = slug
    return chosen
