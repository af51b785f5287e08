"""Who answers for a community: stewards, their contacts, invitations and claims."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from communities.choices import ContactKind, StewardRole
from communities.querysets import ClaimQuerySet, ContactQuerySet, InvitationQuerySet, StewardshipQuerySet
from hub.approvals import Reviewed
from hub.models import Branch


class Stewardship(models.Model):
    """`user` answers for `community` as its leader, co-leader or editor."""

    community = models.ForeignKey("communities.Community", models.CASCADE, related_name="stewardships")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="stewardships")
    role = models.CharField(_("роль"), max_length=10, choices=StewardRole.choices, default=StewardRole.LEADER)
    is_public = models.BooleanField(_("имя видно всем"), default=False)
    since = models.DateTimeField(_("с"), auto_now_add=True)

    objects = StewardshipQuerySet.as_manager()

    class Meta:
        verbose_name = _("лидер сообщества")
        verbose_name_plural = _("лидеры сообществ")
        constraints = [
            models.UniqueConstraint(fields=["community", "user"], name="steward_once"),
            models.UniqueConstraint(
                fields=["community"], condition=Q(role=StewardRole.LEADER), name="community_one_leader"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.user} · {self.get_role_display()}"


class Contact(models.Model):
    """A way to reach a steward. Public only while the person's own consent for this very contact lives."""

    stewardship = models.ForeignKey(Stewardship, models.CASCADE, related_name="contacts")
    kind = models.CharField(_("вид"), max_length=10, choices=ContactKind.choices)
    value = models.CharField(_("контакт"), max_length=160)
    is_public = models.BooleanField(_("виден всем"), default=False)

    objects = ContactQuerySet.as_manager()

    class Meta:
        verbose_name = _("контакт")
        verbose_name_plural = _("контакты")
        constraints = [
            models.UniqueConstraint(fields=["stewardship", "kind", "value"], name="contact_once"),
        ]
        indexes = [models.Index(fields=["kind", "value"], name="contact_same")]

    def __str__(self) -> str:
        return self.value


class Invitation(models.Model):
    """A link that makes whoever opens it (once) a co-leader or editor. Only the token's hash is kept."""

    community = models.ForeignKey("communities.Community", models.CASCADE, related_name="invitations")
    role = models.CharField(
        _("роль"), max_length=10, choices=StewardRole.choices, default=StewardRole.CO_LEADER
    )
    email = models.EmailField(_("кому"), blank=True)
    token_hash = models.CharField(max_length=64, unique=True)
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    created_at = models.DateTimeField(auto_now_add=True)
    expires_at = models.DateTimeField()
    accepted_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    accepted_at = models.DateTimeField(null=True)
    revoked_at = models.DateTimeField(null=True)

    objects = InvitationQuerySet.as_manager()

    class Meta:
        verbose_name = _("приглашение")
        verbose_name_plural = _("приглашения")
        constraints = [
            models.CheckConstraint(
                condition=Q(accepted_at=None, accepted_by=None)
                | Q(accepted_at__isnull=False, accepted_by__isnull=False),
                name="invitation_accepted_who_and_when",
            ),
            models.CheckConstraint(condition=~Q(role=StewardRole.LEADER), name="invitation_not_for_leader"),
        ]

    def __str__(self) -> str:
        return f"{self.community_id} · {self.get_role_display()}"


class Claim(Reviewed):
    """«Это моё сообщество»: a person asks to lead an imported community and gives proof."""

    community = models.ForeignKey("communities.Community", models.CASCADE, related_name="claims")
    text = models.TextField(_("чем подтвердите"), max_length=1000)
    link = models.URLField(_("ссылка"), blank=True)
    proof = models.ForeignKey("hub.Upload", models.SET_NULL, null=True, blank=True, related_name="+")
    reason = models.CharField(_("причина отказа"), max_length=500, blank=True)

    objects = ClaimQuerySet.as_manager()

    class Meta(Reviewed.Meta):
        verbose_name = _("заявление лидера")
        verbose_name_plural = _("заявления лидеров")
        constraints = [
            *Reviewed.Meta.constraints,
            models.UniqueConstraint(
                fields=["community", "submitted_by"],
                condition=Q(state="submitted"),
                name="claim_once_in_work",
            ),
        ]
        indexes = [
            models.Index(fields=["submitted_at"], condition=Q(state="submitted"), name="claim_queue"),
            models.Index(fields=["decide_by"], condition=Q(state="submitted"), name="claim_norm"),
        ]

    def __str__(self) -> str:
        return f"{self.community_id} · {self.submitted_by_id}"

    @property
    def branch_id(self) -> int:
        return self.community.branch_id

    @property
    def branch(self) -> Branch:
        return self.community.branch
