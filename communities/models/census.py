"""The census: rounds and the records in which communities answer the questionnaire."""

from __future__ import annotations

from datetime import date

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.contrib.postgres.search import SearchVector, SearchVectorField
from django.core.validators import MaxLengthValidator, MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Q, Value
from django.db.models.functions import Cast, Concat, Replace
from django.utils import translation
from django.utils.translation import gettext_lazy as _

from communities import choices as ch
from communities.keys import link_key, name_key
from communities.marks import SIZE, marks
from communities.querysets import CensusRecordQuerySet, CensusRoundQuerySet
from hub.approvals import Reviewed
from hub.choices import State
from hub.models import Branch


class CensusRound(models.Model):
    """A yearly wave of the census, of one branch or (without a branch) of the whole country."""

    branch = models.ForeignKey(
        "hub.Branch", models.PROTECT, null=True, blank=True, related_name="census_rounds"
    )
    year = models.PositiveSmallIntegerField(_("год"))
    opens_on = models.DateField(_("открывается"))
    closes_on = models.DateField(_("закрывается"))
    opened_at = models.DateTimeField(_("открыт"), null=True, blank=True, editable=False)
    questionnaire = models.PositiveSmallIntegerField(_("версия анкеты"), default=1)

    objects = CensusRoundQuerySet.as_manager()

    class Meta:
        verbose_name = _("раунд переписи")
        verbose_name_plural = _("раунды переписи")
        ordering = ["-year"]
        constraints = [
            models.UniqueConstraint(
                fields=["branch", "year"], nulls_distinct=False, name="round_once_a_year"
            ),
            models.CheckConstraint(
                condition=Q(closes_on__gt=models.F("opens_on")), name="round_closes_after_opening"
            ),
        ]

    def __str__(self) -> str:
        return str(_("Перепись %(year)s")) % {"year": self.year}


def _codes(enum: type[models.TextChoices], label: str, most: int = 0) -> ArrayField:
    validators = [MaxLengthValidator(most)] if most else []
    return ArrayField(
        models.CharField(max_length=16, choices=enum.choices),
        verbose_name=label,
        default=list,
        blank=True,
        validators=validators,
    )


_TEXT = models.TextField()


def _folded(field: str) -> Replace:
    """«ё» and «е» are one letter to a person who searches."""
    lower = Replace(models.F(field), Value("ё"), Value("е"), output_field=_TEXT)
    return Replace(lower, Value("Ё"), Value("Е"), output_field=_TEXT)


class CensusRecord(Reviewed):
    """One filled questionnaire of one community in one round.

    A draft may be empty in every field; what a submission must have is said by the forms. Columns are
    what we filter or count; `criteria`, `offers`, `needs` are free-shaped.
    """

    community = models.ForeignKey("communities.Community", models.PROTECT, related_name="records")
    round = models.ForeignKey(CensusRound, models.PROTECT, related_name="records", verbose_name=_("раунд"))
    confirms = models.ForeignKey(
        "self",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        help_text=_("Запись, которую лидер подтвердил без изменений"),
    )

    # 1. Name and essence
    name = models.CharField(_("название"), max_length=120, blank=True)
    short = models.CharField(_("коротко"), max_length=200, blank=True)
    description = models.TextField(_("о сообществе"), max_length=4000, blank=True)
    directions = _codes(ch.Direction, _("направления"), most=3)
    topics = _codes(ch.Topic, _("темы"), most=6)
    languages = _codes(ch.Language, _("языки"))
    founded = models.PositiveSmallIntegerField(
        _("год появления"),
        null=True,
        blank=True,
        validators=[MinValueValidator(1850), MaxValueValidator(2100)],
    )
    logo = models.ForeignKey(
        "hub.Upload", models.SET_NULL, null=True, blank=True, related_name="+", verbose_name=_("знак")
    )

    # 2. People
    core_members = models.PositiveIntegerField(
        _("в ядре"), null=True, blank=True, validators=[MaxValueValidator(10_000)]
    )
    participants = models.PositiveIntegerField(
        _("участников"), null=True, blank=True, validators=[MaxValueValidator(1_000_000)]
    )
    ages = _codes(ch.Age, _("для кого"))
    joining = models.CharField(_("как вступить"), max_length=16, choices=ch.Joining.choices, blank=True)
    looking_for_people = models.BooleanField(_("ищет людей"), default=False)

    # 3. Meetings and place
    format = models.CharField(_("формат встреч"), max_length=16, choices=ch.Format.choices, blank=True)
    rhythm = models.CharField(_("ритм"), max_length=16, choices=ch.Rhythm.choices, blank=True)
    days = _codes(ch.Days, _("когда удобно"))
    schedule = models.CharField(_("расписание"), max_length=120, blank=True, help_text=_("по субботам, 9:00"))
    city = models.ForeignKey(
        "hub.City", models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("город")
    )
    city_text = models.CharField(_("город, как написали"), max_length=160, blank=True)
    district = models.ForeignKey(
        "hub.District", models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("район")
    )
    no_place = models.BooleanField(_("постоянного места пока нет"), default=False)
    place = models.CharField(_("место"), max_length=200, blank=True)
    lat = models.FloatField(
        _("широта"), null=True, blank=True, validators=[MinValueValidator(-90), MaxValueValidator(90)]
    )
    lng = models.FloatField(
        _("долгота"), null=True, blank=True, validators=[MinValueValidator(-180), MaxValueValidator(180)]
    )
    premises = models.CharField(_("помещение"), max_length=16, choices=ch.Premises.choices, blank=True)
    premises_host = models.CharField(_("кто пускает"), max_length=160, blank=True)
    accessible = models.BooleanField(_("доступно на коляске"), default=False)
    first_visit = models.CharField(_("тому, кто придёт впервые"), max_length=300, blank=True)

    # 4. Resources
    offers = models.JSONField(
        _("можем дать"), default=list, blank=True, help_text='[{"kind": "room", "text": "…"}]'
    )
    needs = models.JSONField(_("ищем"), default=list, blank=True, help_text='[{"kind": "room", "text": "…"}]')
    money = _codes(ch.Money, _("откуда деньги"))
    legal_form = models.CharField(
        _("правовая форма"),
        max_length=16,
        choices=ch.LegalForm.choices,
        default=ch.LegalForm.NONE,
        blank=True,
    )
    legal_name = models.CharField(_("название по документам"), max_length=200, blank=True)

    # 5. Goals and dream
    criteria = models.JSONField(_("шесть признаков"), default=dict, blank=True, help_text='{"ties": 4}')
    scenario = models.CharField(_("с администрацией"), max_length=16, choices=ch.Scenario.choices, blank=True)
    factors = _codes(ch.Factor, _("что помогает"))
    barriers = _codes(ch.Barrier, _("что мешает"))
    goals = models.TextField(_("цели на год"), max_length=1000, blank=True)
    dream = models.TextField(_("мечта на 20 лет"), max_length=1000, blank=True)

    # 6. Links (contacts of people stand in Contact, each with its own consent)
    vk = models.URLField(_("ВКонтакте"), blank=True)
    telegram = models.URLField(_("Telegram"), blank=True)
    site = models.URLField(_("сайт"), blank=True)
    other_link = models.URLField(_("другая ссылка"), blank=True)

    # Bookkeeping of the draft
    version = models.PositiveIntegerField(default=1, editable=False)
    # Field → version that changed it: two tabs may edit different fields, never overwrite one another.
    touched = models.JSONField(default=dict, editable=False)
    # Field → what was typed and does not fit its column (a name of 10,000 letters): kept until it is mended.
    rough = models.JSONField(default=dict, editable=False)
    # The version last submitted: what is touched later has changed since the coordinator's look.
    submitted_version = models.PositiveIntegerField(default=0, editable=False)
    created_at = models.DateTimeField(auto_now_add=True)
    saved_at = models.DateTimeField(auto_now=True)

    # What search and the search for duplicates read
    branch_key = models.PositiveIntegerField(default=0, editable=False)
    keywords = models.TextField(blank=True, editable=False)
    name_key = models.CharField(max_length=160, blank=True, editable=False)
    link_keys = ArrayField(models.CharField(max_length=200), default=list, editable=False)
    # The options that the catalogue counts, as bits: communities/marks.py.
    marks = models.BinaryField(default=bytes(SIZE), db_default=bytes(SIZE), editable=False)
    search = models.GeneratedField(
        # The branch is one more word of the record («branch17»), so that a single index answers
        # «these words in this branch» however many branches the country has.
        expression=SearchVector(
            Concat(Value("branch"), Cast("branch_key", _TEXT), output_field=_TEXT),
            weight="D",
            config="simple",
        )
        + SearchVector(_folded("name"), weight="A", config="russian")
        + SearchVector(_folded("short"), _folded("keywords"), weight="B", config="russian")
        + SearchVector(_folded("description"), weight="C", config="russian"),
        output_field=SearchVectorField(),
        db_persist=True,
    )

    objects = CensusRecordQuerySet.as_manager()

    class Meta(Reviewed.Meta):
        verbose_name = _("анкета переписи")
        verbose_name_plural = _("анкеты переписи")
        constraints = [
            *Reviewed.Meta.constraints,
            models.UniqueConstraint(
                fields=["community"],
                condition=Q(state__in=[State.APPROVED, State.IMPORTED]),
                name="censusrecord_one_public",
            ),
            models.UniqueConstraint(
                fields=["community"],
                condition=Q(state__in=[State.DRAFT, State.SUBMITTED, State.RETURNED]),
                name="censusrecord_one_in_work",
            ),
        ]
        indexes = [
            models.Index(
                fields=["branch_key", "submitted_at"],
                condition=Q(state="submitted"),
                name="censusrecord_queue",
            ),
            models.Index(fields=["round", "community"], name="censusrecord_of_round"),
            # What reminders look for, each by its own date.
            models.Index(fields=["decide_by"], condition=Q(state="submitted"), name="censusrecord_norm"),
            models.Index(fields=["decided_at"], condition=Q(state="returned"), name="censusrecord_returned"),
            models.Index(fields=["saved_at"], condition=Q(state="draft"), name="censusrecord_drafts"),
            GinIndex(
                fields=["search"], condition=Q(state__in=["approved", "imported"]), name="censusrecord_search"
            ),
            GinIndex(
                fields=["name_key"],
                opclasses=["gin_trgm_ops"],
                name="censusrecord_names",
            ),
            GinIndex(fields=["link_keys"], name="censusrecord_links"),
            models.Index(fields=["lat", "lng"], condition=Q(lat__isnull=False), name="censusrecord_near"),
            # All that the counts and the map of a branch read: the wide rows stay untouched.
            models.Index(
                fields=["branch_key"],
                include=["id", "district", "state", "marks", "lat", "lng"],
                condition=Q(state__in=["approved", "imported"]),
                name="censusrecord_counted",
            ),
        ]

    def __str__(self) -> str:
        return self.name or str(_("Без названия"))

    @property
    def branch_id(self) -> int:
        return self.community.branch_id

    @property
    def branch(self) -> Branch:
        return self.community.branch

    @property
    def direction(self) -> str:
        """The main direction: the first named."""
        return self.directions[0] if self.directions else ""

    @property
    def confirmed_on(self) -> date | None:
        """The day a leader last said that these answers are true; None for imported ones."""
        return self.submitted_at.date() if self.submitted_at else None

    @property
    def changed_fields(self) -> frozenset[str]:
        """Fields changed since the last submission: a coordinator's word on them is out of date."""
        return frozenset(name for name, version in self.touched.items() if version > self.submitted_version)

    def fill_keys(self) -> None:
        """Derive what search, counts and the search for duplicates read. Called by every action that writes answers."""
        self.branch_key = self.community.branch_id
        self.name_key = name_key(self.name)
        links = (self.vk, self.telegram, self.site, self.other_link)
        self.link_keys = sorted({key for link in links if (key := link_key(link))})
        labels = [ch.Direction(code).label for code in self.directions]
        labels += [ch.Topic(code).label for code in self.topics]
        labels += [self.district.name] if self.district else []
        # The catalogue is searched in its own language, whatever language the writer's pages are in.
        with translation.override(settings.LANGUAGE_CODE):
            self.keywords = ", ".join(str(label) for label in labels)
        self.marks = marks(self.options())

    def options(self) -> list[tuple[str, str]]:
        """The options of the catalogue that this record has, but for its district and its confirmation."""
        groups = {
            "direction": self.directions,
            "topic": self.topics,
            "age": self.ages,
            "days": self.days,
            "format": [self.format],
            "language": self.languages,
            "looking": ["true"] if self.looking_for_people else [],
            "accessible": ["true"] if self.accessible else [],
        }
        return [(group, value) for group, values in groups.items() for value in values]


class Photo(models.Model):
    """A picture of a record, in the leader's order."""

    record = models.ForeignKey(CensusRecord, models.CASCADE, related_name="photos")
    upload = models.ForeignKey("hub.Upload", models.PROTECT, related_name="+")
    position = models.PositiveSmallIntegerField(default=0)

    class Meta:
        ordering = ["position", "id"]
        constraints = [models.UniqueConstraint(fields=["record", "upload"], name="photo_once")]

    def __str__(self) -> str:
        return str(self.upload)


class FieldDecision(models.Model):
    """What the coordinator said of one field of a submitted record: fine, or why not.

    Stays with the record when it is returned: the leader reads the reasons, and the second look starts
    from what was already accepted and has not changed since.
    """

    record = models.ForeignKey(CensusRecord, models.CASCADE, related_name="decisions")
    field = models.CharField(max_length=40)
    accepted = models.BooleanField()
    reason = models.CharField(max_length=500, blank=True)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    at = models.DateTimeField(auto_now=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["record", "field"], name="field_decided_once"),
            models.CheckConstraint(
                condition=Q(accepted=True) | ~Q(reason=""), name="field_returned_with_reason"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.field}: {'+' if self.accepted else self.reason}"
