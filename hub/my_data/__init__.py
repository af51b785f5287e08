"""What the portal knows of a person: where it stands, how it is handed out, how it is erased.

Every text, address, phone, JSON column and every reference to a person is either held (`hold`) or
declared not personal (`not_personal`); a test fails on a column that nobody has spoken for. Apps speak
for theirs in AppConfig.ready.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

import structlog
from allauth.account.models import EmailAddress
from django.core.serializers.json import DjangoJSONEncoder
from django.db import models, transaction
from django.db.models.functions import Cast
from django.utils import timezone

from hub import consents
from hub.approvals import record_revision
from hub.choices import ConsentKind
from hub.models import Erasure, NotificationSettings, User

log = structlog.get_logger(__name__)


@dataclass(frozen=True)
class Holding:
    """Columns of `model` that are about a person: `rows` finds the person's, `fields` are handed out."""

    model: type[models.Model]
    rows: Callable[[User], models.QuerySet]
    fields: tuple[str, ...]
    #: Empties or removes what tells who an erased person was; None: the rows hang on the nameless person.
    erase: Callable[[User], object] | None


_holdings: list[Holding] = []
#: "app.model" → field → why it is not about a person ("*" speaks for the whole table).
_not_personal: dict[str, dict[str, str]] = {}


def hold(
    model: type[models.Model],
    *,
    rows: Callable[[User], models.QuerySet],
    fields: Iterable[str],
    erase: Callable[[User], object] | None = None,
) -> None:
    """Say which columns of `model` are personal, whose they are and how they are erased.

    Erasers run in the order of speaking, the kernel's own last.
    """
    _holdings.append(Holding(model, rows, tuple(fields), erase))


def not_personal(model: type[models.Model], why: str, *fields: str) -> None:
    """Say that `fields` of `model` (none named: all of them) are not about a person, and why."""
    known = _not_personal.setdefault(model._meta.label_lower, {})
    for field in fields or ("*",):
        known[field] = why


def unspoken(model: type[models.Model]) -> list[str]:
    """Columns of `model` that may be personal and that nobody has spoken for."""
    label = model._meta.label_lower
    known = set(_not_personal.get(label, {}))
    for holding in _holdings:
        if holding.model is model:
            known |= {*holding.fields}
    if "*" in known:
        return []
    fields = [field for field in model._meta.concrete_fields if field.name not in known]
    return [f"{label}.{field.name}" for field in fields if _suspect(field)]


def _suspect(field: models.Field) -> bool:
    if isinstance(field, models.ForeignKey):
        return field.related_model is User
    if field.choices:
        return False
    texts = (
        models.CharField,
        models.TextField,
        models.JSONField,
        models.FileField,
        models.GenericIPAddressField,
    )
    return isinstance(field, texts)


# --- handing out ------------------------------------------------------------------------------------


def export(user: User) -> str:
    """Everything held about `user`, as JSON."""
    told: dict[str, Any] = {"exported_at": timezone.now()}
    for holding in _holdings:
        rows = holding.rows(user).order_by("pk")
        if found := [{field: _plain(row, field) for field in holding.fields} for row in rows]:
            told[holding.model._meta.label_lower] = found
    return json.dumps(told, cls=DjangoJSONEncoder, ensure_ascii=False, indent=2)


def _plain(row: models.Model, field: str) -> Any:
    value = row._meta.get_field(field).value_from_object(row)
    if value is None or isinstance(value, bool | int | float | list | dict) or hasattr(value, "isoformat"):
        return value
    return str(value)


# --- erasing ----------------------------------------------------------------------------------------


@transaction.atomic
def erase(user: User, *, by: User | None) -> Erasure:
    """Remove everything that tells who `user` is; the row stays, nameless, for what hangs on it.

    Cannot be undone. Erasing an erased person (after a restored backup) does no harm.
    """
    # In the order of those who write to the person (a digest): settings first, or we lock each other out.
    list(NotificationSettings.objects.select_for_update().filter(user=user))
    user = User.objects.select_for_update().get(pk=user.pk)
    for row in consents.standing(user):
        consents.withdraw(user, ConsentKind(row.kind), subject=row.subject, channel="erasure")
    for holding in sorted(_holdings, key=lambda holding: holding.model._meta.app_label in KERNEL):
        if holding.erase:
            holding.erase(user)
    record_revision(user, "erase", by=by)
    erasure, _created = Erasure.objects.get_or_create(person=user.pk, defaults={"at": timezone.now()})
    # The line that stays with the logs is what `replay_erasures` reads after a restore.
    transaction.on_commit(
        lambda: log.warning("person_erased", person=user.pk, at_time=erasure.at.isoformat())
    )
    return erasure


#: Apps whose rows are erased last: until then they still tell by what names a person can be found.
KERNEL = {"hub", "account", "mfa", "socialaccount", "sessions", "admin", "auth"}


def addresses(user: User) -> set[str]:
    """Every e-mail address of `user`."""
    return {user.email, *EmailAddress.objects.filter(user=user).values_list("email", flat=True)} - {""}


def identifiers(user: User) -> set[str]:
    """Words by which `user` can be told: addresses, phone, full name."""
    return {*addresses(user), str(user.phone or ""), user.name if " " in user.name else ""} - {""}


def mentioning(rows: models.QuerySet, words: Iterable[str], *columns: str) -> models.QuerySet:
    """Those of `rows` that hold one of `words` in one of the text or JSON `columns`."""
    told = models.Q(pk__in=[])
    for number, column in enumerate(columns):
        rows = rows.alias(**{f"text{number}": Cast(column, models.TextField())})
        for word in words:
            told |= models.Q(**{f"text{number}__icontains": word})
    return rows.filter(told)


def scrub(rows: models.QuerySet, words: Iterable[str], *columns: str) -> None:
    """Cut `words` out of the text or JSON `columns` of `rows`."""
    told = re.compile(
        "|".join(re.escape(word) for word in sorted(words, key=len, reverse=True)), re.IGNORECASE
    )
    for row in mentioning(rows, words, *columns):
        cleaned = {column: _without(told, getattr(row, column)) for column in columns}
        rows.model._base_manager.filter(pk=row.pk).update(**cleaned)


def _without(told: re.Pattern[str], value: Any) -> Any:
    if isinstance(value, str):
        return told.sub("…", value)
    if isinstance(value, list):
        return [_without(told, item) for item in value]
    if isinstance(value, dict):
        return {key: _without(told, item) for key, item in value.items()}
    return value
