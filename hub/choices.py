"""Named sets of states of the kernel. Values are short codes: they go into the database."""

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _


class RoleKind(TextChoices):
    """Staff roles; each but `federal` is held in one branch."""

    COORDINATOR = "coordinator", _("Координатор")
    ADMINISTRATION = "administration", _("Администрация города")
    ANALYST = "analyst", _("Аналитик")
    FEDERAL = "federal", _("Федеральный центр")


class State(TextChoices):
    """Where a reviewed row is on its way."""

    DRAFT = "draft", _("Черновик")
    SUBMITTED = "submitted", _("На проверке")
    RETURNED = "returned", _("Вернули")
    APPROVED = "approved", _("Одобрено")
    IMPORTED = "imported", _("Не подтверждено")  # taken over from a table, nobody has confirmed it yet
    RETIRED = "retired", _("В истории")  # was public once, a newer row took its place


class ConsentKind(TextChoices):
    PROCESSING = "processing", _("Обработка персональных данных")
    CONTACT = "contact", _("Публикация контакта")


class ChannelCode(TextChoices):
    """Ways out of the portal; the inbox inside it is no channel, everything stands there."""

    EMAIL = "email", _("Почта")
    TELEGRAM = "telegram", _("Telegram")


class DeliveryState(TextChoices):
    QUEUED = "queued", _("В очереди")
    SENDING = "sending", _("Отправляется")
    SENT = "sent", _("Отправлено")
    FAILED = "failed", _("Не доставлено")
    SKIPPED = "skipped", _("Не отправлялось")
    HELD = "held", _("Ждёт сводки")
    DIGESTED = "digested", _("В сводке")


class DigestRhythm(TextChoices):
    AT_ONCE = "", _("Сразу")
    DAILY = "daily", _("Раз в день одним письмом")
    WEEKLY = "weekly", _("Раз в неделю одним письмом")


class Theme(TextChoices):
    SYSTEM = "", _("Как в системе")
    LIGHT = "light", _("Светлая")
    DARK = "dark", _("Тёмная")
