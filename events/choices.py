"""Named sets of states of events. Values are short codes: they go into the database."""

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _


class OrganiserState(TextChoices):
    INVITED = "invited", _("Приглашено")
    ACCEPTED = "accepted", _("Участвует")
    DECLINED = "declined", _("Отказалось")


class Scope(TextChoices):
    """What an edit of a series is about."""

    THIS = "this", _("Только эта дата")
    FOLLOWING = "following", _("Эта и следующие")
    ALL = "all", _("Вся серия")
