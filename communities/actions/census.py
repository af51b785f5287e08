"""What a leader does with the questionnaire: register, edit, save, submit, withdraw, confirm."""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from typing import Any
from uuid import UUID

from django.db import IntegrityError, transaction
from django.db.models import Max, Model
from django.utils.translation import gettext as _

from communities.choices import Format, LegalForm, Premises, StewardRole
from communities.keys import address
from communities.models import CensusRecord, CensusRound, Community, FormerSlug, Photo, Stewardship
from hub import consents
from hub.approvals import AlreadyDecided, Refused, lock, move, record_revision, revisions_of
from hub.choices import ConsentKind, State
from hub.models import Branch, City, Upload, User

#: Columns that answer questions: what a new record takes over from the last one.
ANSWERS = (
    *("name", "short", "description", "directions", "topics", "languages", "founded", "logo"),
    *("core_members", "participants", "ages", "joining", "looking_for_people"),
    *(
        "format",
        "rhythm",
        "days",
        "schedule",
        "city",
        "city_text",
        "district",
        "no_place",
        "place",
        "lat",
        "lng",
    ),
    *("premises", "premises_host", "accessible", "first_visit"),
    *("offers", "needs", "money", "legal_form", "legal_name"),
    *("criteria", "scenario", "factors", "barriers", "goals", "dream"),
    *("vk", "telegram", "site", "other_link"),
)
MAX_PHOTOS = 6
UNNAMED = "novoe-"


class StaleEdit(Refused):
    """The same answers were changed elsewhere meanwhile: `conflicts` is {field: (theirs, mine)}.

    Nothing of these was overwritten; the other answers of the call are saved, `record` is fresh.
    """

    def __init__(self, record: CensusRecord, conflicts: dict[str, tuple[Any, Any]]) -> None:
        super().__init__(_("Пока вы писали, это изменили в другом окне. Сравните и выберите, что оставить."))
        self.record = record
        self.conflicts = conflicts


class Incomplete(Refused):
    """A submission lacks answers: `gaps` is {field: what to do}."""

    def __init__(self, gaps: dict[str, str]) -> None:
        super().__init__(
            _("Анкета пока не отправлена: осталось ответить на несколько вопросов. Всё остальное сохранено.")
        )
        self.gaps = gaps


def plain(value: Any) -> Any:
    """An answer as JSON holds it: a row is its key."""
    if isinstance(value, Model):
        value = value.pk
    return str(value) if isinstance(value, UUID) else value


def shown(record: CensusRecord, field: str) -> Any:
    """What the leader sees in `field`: what did not fit its column, else the answer."""
    if field in record.rough:
        return record.rough[field]
    return plain(getattr(record, CensusRecord._meta.get_field(field).attname))


def gaps(record: CensusRecord, *, by: User | None = None) -> dict[str, str]:
    """What a submission still lacks: {field: what to do}. With `by`, their consent is asked as well."""
    found: dict[str, str] = {}
    if not record.name.strip():
        found["name"] = _("Напишите, как называется сообщество")
    if not record.short.strip():
        found["short"] = _("Скажите в одном-двух предложениях, чем вы заняты")
    if not record.directions:
        found["directions"] = _("Выберите хотя бы одно направление")
    if record.participants is None and record.core_members is None:
        found["participants"] = _("Укажите, сколько вас: участников или хотя бы ядро")
    if not record.format:
        found["format"] = _("Выберите, как вы встречаетесь")
    if record.city_id is None and record.community.branch.cities.exists():
        found["city"] = _("Выберите город")
    if record.district_id is None and record.city and record.city.districts.exists():
        found["district"] = _("Выберите район")
    if record.format != Format.ONLINE and not record.no_place and not record.place.strip():
        found["place"] = _("Укажите, где вы встречаетесь, или отметьте «места пока нет»")
    for field in record.rough.keys() - _unasked(record):
        found.setdefault(field, _("Проверьте ответ: в таком виде его не получилось сохранить"))
    if by is not None and not consents.is_given(by, ConsentKind.PROCESSING):
        found["consent"] = _("Отметьте согласие на обработку данных: без него анкету нельзя принять")
    return found


def current_round(branch: Branch) -> CensusRound:
    """The round that new records belong to. Raises Refused while no round is open."""
    found = CensusRound.objects.current_for(branch)
    if found is None:
        raise Refused(_("Перепись ещё не открыта. Напишите в отделение: координатор откроет её."))
    return found


@transaction.atomic
def register_community(branch: Branch, *, by: User) -> CensusRecord:
    """A new community led by `by`, with an empty draft; a second click gets the first one's draft.

    Raises Refused while no round is open.
    """
    User.objects.select_for_update().get(pk=by.pk)
    untouched = CensusRecord.objects.in_branch(branch).untouched_by(by).first()
    if untouched:
        return untouched
    community = Community.objects.create(branch=branch, slug=f"{UNNAMED}{secrets.token_hex(6)}")
    Stewardship.objects.create(community=community, user=by, role=StewardRole.LEADER)
    record = CensusRecord.objects.create(
        community=community, round=current_round(branch), city=_only_city(branch)
    )
    record_revision(record, "register", by=by)
    return record


def _only_city(branch: Branch) -> City | None:
    """The city nobody needs to be asked about."""
    cities = list(branch.cities.all()[:2])
    return cities[0] if len(cities) == 1 else None


def _lock_community(community: Community) -> Community:
    return Community.objects.select_for_update(of=("self",)).select_related("current").get(pk=community.pk)


def _copy(source: CensusRecord, round_: CensusRound) -> CensusRecord:
    answers = {name: getattr(source, CensusRecord._meta.get_field(name).attname) for name in ANSWERS}
    twin = CensusRecord(community_id=source.community_id, round=round_)
    for name, value in answers.items():
        setattr(twin, CensusRecord._meta.get_field(name).attname, value)
    twin.fill_keys()
    twin.save()
    Photo.objects.bulk_create(
        Photo(record=twin, upload_id=photo.upload_id, position=photo.position)
        for photo in source.photos.all()
    )
    return twin


@transaction.atomic
def begin_edit(community: Community, *, by: User) -> CensusRecord:
    """The record in work, or a draft that begins as a copy of what the public sees (or saw last)."""
    community = _lock_community(community)
    in_work = community.records.in_work().first()
    if in_work:
        return in_work
    source = community.current or community.records.order_by("-pk").first()
    round_ = current_round(community.branch)
    record = (
        _copy(source, round_) if source else CensusRecord.objects.create(community=community, round=round_)
    )
    if record.city_id is None and (city := _only_city(community.branch)):
        record.city = city
        record.save(update_fields=["city"])
    record_revision(record, "begin", by=by)
    return record


def save_answers(
    record: CensusRecord,
    answers: Mapping[str, Any],
    *,
    by: User,
    version: int,
    base: Mapping[str, Any] | None = None,
    rough: Mapping[str, Any] | None = None,
) -> CensusRecord:
    """Save the answers that differ; return the fresh record.

    `version` is the record's version that the answers were typed over, `base` what each field held then
    (its own later saves included): a field changed elsewhere since raises StaleEdit, after the others
    were saved. `rough` holds what was typed and does not fit its column. Raises Refused once submitted.
    """
    fresh, conflicts = _save(record, answers, by=by, version=version, base=base, rough=rough or {})
    if conflicts:
        raise StaleEdit(fresh, conflicts)
    return fresh


@transaction.atomic
def _save(
    record: CensusRecord,
    answers: Mapping[str, Any],
    *,
    by: User,
    version: int,
    base: Mapping[str, Any] | None,
    rough: Mapping[str, Any],
) -> tuple[CensusRecord, dict[str, tuple[Any, Any]]]:
    fresh = _lock_editable(record)
    conflicts: dict[str, tuple[Any, Any]] = {}
    changed: set[str] = set()
    for name, value in {**answers, **rough}.items():
        theirs, mine = shown(fresh, name), plain(value)
        if mine == theirs:
            continue
        if fresh.touched.get(name, 0) > version and (base is None or base.get(name) != theirs):
            conflicts[name] = (theirs, mine)
            continue
        if name in rough:
            fresh.rough[name] = mine
        else:
            fresh.rough.pop(name, None)
            setattr(fresh, name, value)
        changed.add(name)
    if "district" in changed and fresh.district:
        fresh.city_id = fresh.district.city_id
    if "lng" in changed:
        changed.add("lat")  # the point on the map is one answer, known by its latitude
    if changed:
        _touch(fresh, changed, by=by)
    return fresh, conflicts


def _lock_editable(record: CensusRecord) -> CensusRecord:
    fresh = lock(record)
    if not fresh.is_editable:
        raise Refused(
            _("Анкета сейчас не правится: она уже отправлена или принята. Отзовите её, чтобы изменить.")
        )
    return fresh


def _touch(record: CensusRecord, changed: set[str], *, by: User) -> None:
    """Count and store a change. One Revision names each field once in a sitting, not every keystroke."""
    record.version += 1
    record.touched |= dict.fromkeys(changed, record.version)
    record.fill_keys()
    record.save()
    last = revisions_of(record).last()
    if last is None or last.action != "edit" or last.actor_id != by.pk or not changed <= set(last.changed):
        named = set(last.changed) if last and last.action == "edit" and last.actor_id == by.pk else set()
        record_revision(record, "edit", by=by, changed=changed | named)


@transaction.atomic
def set_logo(record: CensusRecord, upload: Upload | None, *, by: User) -> CensusRecord:
    fresh = _lock_editable(record)
    fresh.logo = upload
    _touch(fresh, {"logo"}, by=by)
    return fresh


@transaction.atomic
def add_photo(record: CensusRecord, upload: Upload, *, by: User) -> CensusRecord:
    """Raises Refused when the record has all its photos."""
    fresh = _lock_editable(record)
    if fresh.photos.count() >= MAX_PHOTOS:
        raise Refused(_("Фотографий может быть до шести. Уберите одну, чтобы добавить другую."))
    last = fresh.photos.aggregate(last=Max("position"))["last"]
    Photo.objects.create(record=fresh, upload=upload, position=0 if last is None else last + 1)
    _touch(fresh, {"photos"}, by=by)
    return fresh


@transaction.atomic
def remove_photo(record: CensusRecord, photo_id: int, *, by: User) -> CensusRecord:
    """Taking away what is already gone changes nothing."""
    fresh = _lock_editable(record)
    if fresh.photos.filter(pk=photo_id).delete()[0]:
        _touch(fresh, {"photos"}, by=by)
    return fresh


@transaction.atomic
def lead_with_photo(record: CensusRecord, photo_id: int, *, by: User) -> CensusRecord:
    """Put one photo first: it becomes the cover."""
    fresh = _lock_editable(record)
    photos = sorted(fresh.photos.all(), key=lambda photo: photo.pk != photo_id)
    for position, photo in enumerate(photos):
        photo.position = position
    Photo.objects.bulk_update(photos, ["position"])
    _touch(fresh, {"photos"}, by=by)
    return fresh


@transaction.atomic
def submit_record(record: CensusRecord, *, by: User) -> CensusRecord:
    """Hand the record to the coordinator.

    Raises AlreadyDecided on a second click and Incomplete when answers are missing.
    """
    fresh = lock(record)
    if fresh.state == State.SUBMITTED:
        raise AlreadyDecided(_("Анкета уже отправлена, второй раз не нужно. Координатор её увидит."))
    if fresh.is_editable and (missing := gaps(fresh, by=by)):
        raise Incomplete(missing)
    if fresh.is_editable:
        _tidy(fresh)
        # What was said of an answer that has changed since says nothing any more.
        fresh.decisions.filter(field__in=fresh.changed_fields).delete()
        changed = fresh.changed_fields
        fresh.version += 1
        fresh.submitted_version = fresh.version
        fresh.fill_keys()
        fresh.save()
        _name_address(fresh)
    else:
        changed = frozenset()
    return move(fresh, "submit", by=by, changed=changed)


def _unasked(record: CensusRecord) -> set[str]:
    """Questions that other answers have made pointless."""
    pointless = set()
    if record.premises != Premises.FREE:
        pointless.add("premises_host")
    if record.legal_form in ("", LegalForm.NONE):
        pointless.add("legal_name")
    if record.no_place:
        pointless |= {"place", "lat", "lng"}
    return pointless


def _tidy(record: CensusRecord) -> None:
    """Answers to questions that are not asked any more are not shown to anybody."""
    for name in _unasked(record):
        record.rough.pop(name, None)
        setattr(record, name, None if name in ("lat", "lng") else "")


def _name_address(record: CensusRecord) -> None:
    """The address comes from the name once there is one; it does not change afterwards."""
    community = _lock_community(record.community)
    if community.current is None and community.slug.startswith(UNNAMED):
        give_address(community, record.name)


def give_address(community: Community, name: str) -> None:
    """Give `community` a free address made of `name`, and save it."""
    community.slug = free_slug(community.branch, name)
    try:
        with transaction.atomic():
            community.save(update_fields=["slug"])
    except IntegrityError:  # another of the same name took it between the look and the save
        community.slug += f"-{secrets.token_hex(3)}"
        community.save(update_fields=["slug"])


def free_slug(branch: Branch, name: str) -> str:
    """An address for `name` that nobody in `branch` has or had."""
    wished = address(name) or secrets.token_hex(4)
    taken = set(
        Community.objects.in_branch(branch).filter(slug__startswith=wished).values_list("slug", flat=True)
    )
    taken |= set(
        FormerSlug.objects.filter(branch=branch, slug__startswith=wished).values_list("slug", flat=True)
    )
    slug, number = wished, 1
    while slug in taken:
        number += 1
        slug = f"{wished}-{number}"
    return slug


@transaction.atomic
def withdraw_record(record: CensusRecord, *, by: User) -> CensusRecord:
    """Take a submitted record back to a draft. Raises AlreadyDecided when the coordinator was faster."""
    return move(record, "withdraw", by=by)


@transaction.atomic
def discard_record(record: CensusRecord, *, by: User) -> None:
    """Throw away an edit that is not submitted; a community that has nothing else goes with it."""
    fresh = _lock_editable(record)
    community = _lock_community(fresh.community)
    record_revision(fresh, "discard", by=by)
    fresh.delete()
    merged = community.merges_in.exists() or community.merges_out.exists()
    if community.current is None and not community.records.exists() and not merged:
        community.delete()


@transaction.atomic
def confirm_unchanged(community: Community, *, by: User) -> CensusRecord:
    """The yearly round in one click: the public answers are still true.

    A new record of the current round, approved at once under the decision already made on these answers.
    Raises Refused when there is nothing approved to confirm, an edit is in work, or it is done already.
    """
    community = _lock_community(community)
    before = community.current
    round_ = current_round(community.branch)
    if before is None or before.state != State.APPROVED or before.decided_by is None:
        raise Refused(_("Эту анкету ещё не проверял координатор. Откройте её, проверьте ответы и отправьте."))
    if before.round.year >= round_.year:
        raise AlreadyDecided(_("За этот раунд анкета уже подтверждена, больше ничего не нужно."))
    if community.records.in_work().exists():
        raise Refused(
            _("У вас есть начатая правка. Отправьте её или удалите, тогда можно будет подтвердить.")
        )
    record = _copy(before, round_)
    record.confirms = before
    record.save(update_fields=["confirms"])
    record = move(record, "submit", by=by, note=_("Подтверждено без изменений"))
    move(before, "retire", by=by)
    record = move(record, "approve", by=before.decided_by, note=_("Ответы те же, что уже проверены"))
    community.current = record
    community.save(update_fields=["current"])
    return record
