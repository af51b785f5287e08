"""People and the staff roles they hold."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.contrib.auth.models import PermissionsMixin
from django.db import models
from django.db.models.functions import Lower
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _
from phonenumber_field.modelfields import PhoneNumberField

from hub.choices import RoleKind, Theme
from hub.querysets import UserQuerySet


class UserManager(BaseUserManager.from_queryset(UserQuerySet)):
    def create_user(self, email: str, password: str | None = None, **extra: Any) -> User:
        user = self.model(email=self.normalize_email(email).lower(), **extra)
        user.set_password(password)
        user.save(using=self._db)
        return user

    def create_superuser(self, email: str, password: str | None = None, **extra: Any) -> User:
        return self.create_user(email, password, is_superuser=True, **extra)

    def get_by_natural_key(self, username: str | None) -> User:
        return self.get(email__iexact=username)


class User(AbstractBaseUser, PermissionsMixin):
    """A person who signs in with an e-mail. Rights come from `Role` and from stewardship, not from here."""

    email = models.EmailField(_("почта"))
    name = models.CharField(_("имя и фамилия"), max_length=120, blank=True)
    phone = PhoneNumberField(_("телефон"), blank=True)
    language = models.CharField(_("язык"), max_length=8, choices=settings.LANGUAGES, default="ru")
    theme = models.CharField(
        _("оформление"), max_length=8, choices=Theme.choices, default=Theme.SYSTEM, blank=True
    )
    is_active = models.BooleanField(_("действует"), default=True)
    is_demo = models.BooleanField(_("учебная запись"), default=False)
    date_joined = models.DateTimeField(_("с нами с"), default=timezone.now)
    erased_at = models.DateTimeField(_("данные стёрты"), null=True, blank=True)

    objects = UserManager()

    EMAIL_FIELD = USERNAME_FIELD = "email"
    REQUIRED_FIELDS: list[str] = []

    class Meta:
        verbose_name = _("человек")
        verbose_name_plural = _("люди")
        constraints = [models.UniqueConstraint(Lower("email"), name="user_email_once")]

    def __str__(self) -> str:
        return self.name or self.email

    def get_full_name(self) -> str:
        return str(self)

    def get_short_name(self) -> str:
        return self.name.split(" ")[0] if self.name else self.email.split("@")[0]

    @cached_property
    def second_factor(self) -> bool:
        """Has this person set up a second factor? With one set up, sign-in always asks for it."""
        return self.authenticator_set.exclude(type="recovery_codes").exists()

    @property
    def is_trusted(self) -> bool:
        """Second factor set up, or a demo account of the demo city, where none is asked for."""
        return (settings.DEMO and self.is_demo) or self.second_factor

    @cached_property
    def held_roles(self) -> frozenset[tuple[str, int | None]]:
        """(role, branch id) pairs that count now. Without a second factor staff roles are asleep."""
        granted = self.granted_roles
        return granted if granted and self.is_trusted else frozenset()

    @cached_property
    def granted_roles(self) -> frozenset[tuple[str, int | None]]:
        """(role, branch id) pairs as granted, awake or asleep."""
        factors = self.authenticator_set.model.objects.filter(user=models.OuterRef("user"))
        rows = list(
            self.roles.values_list("role", "branch_id", models.Exists(factors.exclude(type="recovery_codes")))
        )
        if rows:  # every page of staff asks for both: one query tells
            self.__dict__["second_factor"] = rows[0][2]
        return frozenset((role, branch) for role, branch, _factor in rows)

    def holds(self, role: RoleKind, branch: Any) -> bool:
        """Does the person hold `role` in `branch` (a Branch or its pk), or everywhere?"""
        pk = getattr(branch, "pk", branch)
        return (role, pk) in self.held_roles or (role, None) in self.held_roles

    @property
    def is_staff(self) -> bool:
        """The Django admin is for superusers, behind the second factor like every staff page."""
        return self.is_active and self.is_superuser and self.is_trusted

    def has_perm(self, perm: str, obj: Any = None) -> bool:
        # PermissionsMixin lets any superuser pass; ours pass only once the second factor is set up.
        if self.is_superuser and not self.is_staff:
            return False
        return super().has_perm(perm, obj)


class Role(models.Model):
    """`user` is `role` of `branch`; federal staff hold theirs without a branch."""

    user = models.ForeignKey(User, models.CASCADE, related_name="roles", verbose_name=_("человек"))
    branch = models.ForeignKey(
        "hub.Branch", models.CASCADE, null=True, blank=True, related_name="roles", verbose_name=_("отделение")
    )
    role = models.CharField(_("роль"), max_length=16, choices=RoleKind.choices)
    granted_by = models.ForeignKey(
        User, models.SET_NULL, null=True, blank=True, related_name="+", verbose_name=_("кто назначил")
    )
    granted_at = models.DateTimeField(_("когда"), auto_now_add=True)

    class Meta:
        verbose_name = _("роль")
        verbose_name_plural = _("роли")
        constraints = [
            models.UniqueConstraint(
                fields=["user", "branch", "role"], nulls_distinct=False, name="role_held_once"
            ),
            models.CheckConstraint(
                condition=models.Q(role=RoleKind.FEDERAL, branch=None)
                | (~models.Q(role=RoleKind.FEDERAL) & models.Q(branch__isnull=False)),
                name="role_branch_unless_federal",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_role_display()} · {self.branch or '—'}"


class Erasure(models.Model):
    """Somebody's data were erased on request. A number, not a key: a restore may know no such person yet."""

    person = models.BigIntegerField(unique=True)
    at = models.DateTimeField()

    class Meta:
        verbose_name = _("стирание данных")
        verbose_name_plural = _("стирания данных")

    def __str__(self) -> str:
        return str(self.person)
