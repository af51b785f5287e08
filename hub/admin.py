"""The Django admin, for superusers: branches, people and their roles; trails to read."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import PermissionDenied
from django.forms import ModelForm
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from hub.actions import grant_role, revoke_role
from hub.approvals import record_revision
from hub.choices import RoleKind
from hub.models import Branch, City, Delivery, District, Revision, Role, User
from hub.permissions import ask_second_factor

admin.site.site_header = admin.site.site_title = _("Центр Сообществ")
admin.site.index_title = _("Управление порталом")


def door(request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
    """Where the admin sends whoever may not enter: to the one sign-in page, its limits and second factor."""
    target = request.GET.get("next") or reverse("admin:index")
    if not request.user.is_authenticated:
        return redirect_to_login(target)
    if request.user.is_staff:
        return redirect("admin:index")
    if request.user.is_superuser:
        return ask_second_factor(request)
    raise PermissionDenied


admin.site.login = door  # type: ignore[method-assign]


class ReadOnly(admin.ModelAdmin):
    """Rows to look at: nothing is added, changed or removed here."""

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


class DistrictInline(admin.TabularInline):
    model = District
    extra = 0


@admin.register(Branch)
class BranchAdmin(admin.ModelAdmin):
    list_display = ["name", "slug", "host", "is_default", "is_demo"]
    prepopulated_fields = {"slug": ["name"]}


@admin.register(City)
class CityAdmin(admin.ModelAdmin):
    list_display = ["name", "region", "branch"]
    list_filter = ["branch"]
    list_select_related = ["branch"]
    search_fields = ["name"]
    inlines = [DistrictInline]


@admin.register(District)
class DistrictAdmin(admin.ModelAdmin):
    list_display = ["name", "city", "position"]
    list_filter = ["city"]
    list_select_related = ["city"]


class RoleInline(admin.TabularInline):
    model = Role
    fk_name = "user"
    fields = ["role", "branch", "granted_by", "granted_at"]
    readonly_fields = ["granted_by", "granted_at"]
    extra = 0

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False  # another role is another grant: the trail says who gave and who took


@admin.register(User)
class UserAdmin(admin.ModelAdmin):
    """People sign up by themselves and erase themselves; here their roles are given and taken."""

    list_display = ["email", "name", "is_active", "is_superuser", "is_demo", "date_joined"]
    list_filter = ["roles__role", "roles__branch", "is_active"]
    search_fields = ["email", "name"]
    ordering = ["-pk"]
    fields = ["email", "name", "phone", "is_active", "is_superuser", "is_demo", "date_joined", "erased_at"]
    readonly_fields = ["email", "is_demo", "date_joined", "erased_at"]
    inlines = [RoleInline]

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def save_model(self, request: HttpRequest, obj: User, form: ModelForm, change: bool) -> None:
        super().save_model(request, obj, form, change)
        if form.changed_data:
            record_revision(obj, "edit-person", by=request.user, changed=form.changed_data)

    def save_formset(self, request: HttpRequest, form: ModelForm, formset: Any, change: bool) -> None:
        for held in formset.save(commit=False):
            grant_role(held.user, RoleKind(held.role), held.branch, by=request.user)  # type: ignore[arg-type]
        for held in formset.deleted_objects:
            revoke_role(held, by=request.user)  # type: ignore[arg-type]


@admin.register(Role)
class RoleAdmin(ReadOnly):
    list_display = ["user", "role", "branch", "granted_by", "granted_at"]
    list_filter = ["role", "branch"]
    list_select_related = ["user", "branch", "granted_by"]


@admin.register(Revision)
class RevisionAdmin(ReadOnly):
    list_display = ["at", "actor", "action", "target", "target_id", "note"]
    list_filter = ["action", "target"]
    list_select_related = ["actor"]
    date_hierarchy = "at"
    ordering = ["-pk"]


@admin.register(Delivery)
class DeliveryAdmin(ReadOnly):
    """How messages went out; what they say is not shown: it may hold a link that opens an account."""

    list_display = ["queued_at", "notification", "channel", "branch", "state", "attempts", "error"]
    list_filter = ["state", "channel", "branch"]
    list_select_related = ["notification", "branch"]
    ordering = ["-pk"]
