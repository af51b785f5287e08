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


class Repeat(TextChoices):
    """How often, in the words of the form; `own` is a rule that the form cannot say and keeps as it is."""

    NO = "no", _("Не повторяется")
    WEEKLY = "weekly", _("Каждую неделю")
    BIWEEKLY = "biweekly", _("Раз в две недели")
    MONTHLY = "monthly", _("Раз в месяц, в тот же день недели")
    OWN = "own", _("По своему правилу")
