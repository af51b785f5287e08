"""A decision or an edit of something that somebody else has changed meanwhile."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext as _

from hub.approvals import Refused


class Stale(Refused):
    """Somebody has changed the row since it was opened: `fresh` is what it is now."""

    def __init__(self, fresh: Any, message: str = "") -> None:
        super().__init__(
            message or _("Пока вы писали, это изменили в другом окне. Сравните и отправьте снова.")
        )
        self.fresh = fresh
