"""The registry in Django's admin: to look things up. Writing goes through actions, which leave a trace."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.http import HttpRequest

from communities import models


class ReadOnlyAdmin(admin.ModelAdmin):
    """Rows may be searched and read, never changed past the actions."""

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


@admin.register(models.Community)
class CommunityAdmin(ReadOnlyAdmin):
    list_display = ("slug", "branch", "listing", "created_at")
    list_filter = ("branch", "listing")
    search_fields = ("slug", "current__name")


@admin.register(models.CensusRecord)
class CensusRecordAdmin(ReadOnlyAdmin):
    list_display = ("name", "community", "round", "state", "submitted_at", "decided_at")
    list_filter = ("state", "round")
    search_fields = ("name",)
    list_select_related = ("community__current", "round")


@admin.register(models.CensusRound)
class CensusRoundAdmin(ReadOnlyAdmin):
    list_display = ("year", "branch", "opens_on", "closes_on", "opened_at")
    list_filter = ("branch",)


@admin.register(models.Claim)
class ClaimAdmin(ReadOnlyAdmin):
    list_display = ("community", "submitted_by", "state", "submitted_at", "decided_by")
    list_filter = ("state",)
    list_select_related = ("community__current", "submitted_by", "decided_by")


@admin.register(models.Merge)
class MergeAdmin(ReadOnlyAdmin):
    list_display = ("source", "target", "by", "at", "undone_at")
    list_select_related = ("source__current", "target__current", "by")


@admin.register(models.ImportBatch)
class ImportBatchAdmin(ReadOnlyAdmin):
    list_display = ("filename", "branch", "stage", "created_at")
    list_filter = ("branch", "stage")
