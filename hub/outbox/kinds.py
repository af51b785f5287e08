"""What there is to tell people: each app declares its kinds where it says what is said to whom."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.utils.translation import gettext_lazy as _

#: Code → kind, in the order of declaration.
KINDS: dict[str, Kind] = {}


@dataclass(frozen=True)
class Kind:
    """One thing that the portal tells; `templates/mail/<code>.txt` holds its words.

    `why` ends every letter of the kind. With `needs_act` the person has to do something: no digest
    hides it. A `personal` kind answers what the person did this minute: nothing delays or mutes it,
    it stands in no inbox, and once sent its text is not kept (it may hold a link that opens an account).
    `lasts`: told later than that after it was written, it would only confuse.
    """

    code: str
    label: Any
    why: Any
    needs_act: bool = False
    personal: bool = False
    for_staff: bool = False
    lasts: timedelta | None = None
    icon: str = "bell"

    @property
    def in_inbox(self) -> bool:
        return not self.personal and self is not DIGEST


def declare(code: str, label: Any, why: Any, **more: Any) -> Kind:
    """Make `code` known; preferences and the coordinators' page list what is known."""
    KINDS[code] = kind = Kind(code, label, why, **more)
    return kind


def kind_of(code: str) -> Kind:
    """The kind of a row; a code whose app is gone is an ordinary kind without a name."""
    return KINDS.get(code) or Kind(code, code, "")


ACCOUNT = declare(
    "account",
    _("Вход и учётная запись"),
    _("Вы указали этот адрес на портале."),
    personal=True,
    lasts=timedelta(days=3),
)
DIGEST = declare("digest", _("Сводка"), _("Вы просили присылать новости одним письмом."))
