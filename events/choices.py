"""Named sets of states of events. Values are short codes: they go into the database."""

from collections.abc import Iterable

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _


class OrganiserState(TextChoices):
    INVITED = "invited", _("Приглашено")
    ACCEPTED = "accepted", _("Участвует")
    DECLINED = "declined", _("Отказалось")


class RegistrationState(TextChoices):
    GOING = "going", _("Идёт")
    WAITING = "waiting", _("В листе ожидания")
    CANCELLED = "cancelled", _("Запись отменена")


class Repeat(TextChoices):
    """How often, in the words of the form; `own` is a rule that the form cannot say and keeps as it is."""

    NO = "no", _("Не повторяется")
    DAILY = "daily", _("Каждый день")
    WEEKLY = "weekly", _("Каждую неделю")
    BIWEEKLY = "biweekly", _("Раз в две недели")
    MONTHLY = "monthly", _("Раз в месяц, в тот же день недели")
    MONTHLY_DATE = "monthly_date", _("Раз в месяц, в то же число")
    OWN = "own", _("По своему правилу")


class Weekday(TextChoices):
    """As rules write them, Monday first."""

    MO = "MO", _("пн")
    TU = "TU", _("вт")
    WE = "WE", _("ср")
    TH = "TH", _("чт")
    FR = "FR", _("пт")
    SA = "SA", _("сб")
    SU = "SU", _("вс")


# --- calendars of other programs -----------------------------------------------------------------------


class SourceState(TextChoices):
    """How it goes with a calendar of another program."""

    DRAFT = "draft", _("Ещё не подключён")
    LOADING = "loading", _("Загружается")
    ACTIVE = "active", _("Подключён")
    PAUSED = "paused", _("На паузе")
    LOOK = "look", _("Нужен взгляд")
    FILES = "files", _("Из файлов")


class SourceFault(TextChoices):
    """Why what came is no calendar; nothing of ours is touched then."""

    EMPTY = "empty", _("По ссылке пусто. В календаре портала ничего не изменилось.")
    WEB_PAGE = (
        "web_page",
        _(
            "Вместо календаря открылась веб-страница. Нужна ссылка в формате iCal, обычно она кончается на .ics."
        ),
    )
    NOT_CALENDAR = (
        "not_calendar",
        _("Это не календарь. Нужен файл .ics: его выгружает любая программа календаря."),
    )
    CUT_OFF = "cut_off", _("Календарь пришёл не целиком. В календаре портала ничего не изменилось.")
    TOO_LARGE = "calendar_large", _("Календарь больше 5 МБ. Выгрузите его за последний год.")
    TOO_MANY = (
        "too_many",
        _(
            "В календаре больше 3000 будущих событий. Подключите календарь одного сообщества, а не всей организации."
        ),
    )
    TOO_HARD = "too_hard", _("Повторения в календаре слишком сложные, портал не смог их посчитать.")


class Refusal(TextChoices):
    """Why one event of a calendar does not come in."""

    BROKEN = "broken", _("записано с ошибкой, не читается")
    NO_START = "no_start", _("непонятно, когда начинается")
    ENDS_FIRST = "ends_first", _("кончается раньше, чем начинается")
    NO_TITLE = "no_title", _("без названия")
    PRIVATE = "private", _("отмечено как личное")
    BUSY = "busy", _("видно только «занято»: откройте в программе все сведения о событиях")
    TOO_LONG = "too_long", _("длится больше 62 дней")
    TOO_FAR = "too_far", _("до него больше пяти лет")
    NOT_YET = "not_yet", _("серия начнётся больше чем через полтора года, пока не берём")
    TOO_OFTEN = "too_often", _("повторяется чаще раза в день")
    MANY_DATES = "many_dates", _("слишком много дат и правил в одном событии: разделите его")
    TOO_MANY = "too_many", _("не поместилось: берём 300 ближайших")
    OLD_VERSION = "old_version", _("старая версия события, взята новая")
    OURS = "ours", _("уже есть на портале")


class Help(TextChoices):
    """What a state event asks communities for, and what they offer."""

    VOLUNTEERS = "volunteers", _("Волонтёры")
    HOSTS = "hosts", _("Ведущие и экскурсоводы")
    STAGE = "stage", _("Выступления на сцене")
    ACTIVITY = "activity", _("Площадки и мастер-классы")
    GEAR = "gear", _("Оборудование и транспорт")
    MEDIA = "media", _("Съёмка и рассказ о событии")
    OTHER = "other", _("Другое")

    @classmethod
    def labels_of(cls, kinds: Iterable[str]) -> list[str]:
        """The words for these kinds."""
        return [str(cls(kind).label) for kind in kinds if kind in cls.values]


class Offer(TextChoices):
    """Where a community's offer to support a state event stands; how it was kept is reviewed apart."""

    OFFERED = "offered", _("Ждёт ответа администрации")
    ACCEPTED = "accepted", _("Помощь приняли")
    DECLINED = "declined", _("Помощь не понадобилась")
    WITHDRAWN = "withdrawn", _("Сообщество отозвало")
