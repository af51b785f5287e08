"""Files that passed the upload pipeline."""

import uuid

from django.conf import settings
from django.core.files.storage import default_storage
from django.db import models
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from hub.small_pictures import small


def upload_path(upload: "Upload", filename: str) -> str:
    """A random name under `public/` or `private/`; the sender's own name never reaches the disk."""
    folder = "public" if upload.is_public else "private"
    name = upload.pk.hex
    return f"{folder}/{name[:2]}/{name}.{upload.extension}"


class Upload(models.Model):
    """A stored file. Pictures are re-encoded and stripped of metadata before they get here."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    owner = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="uploads")
    file = models.FileField(upload_to=upload_path, max_length=120)
    is_public = models.BooleanField(default=False)
    extension = models.CharField(max_length=8)
    content_type = models.CharField(max_length=80)
    size = models.PositiveIntegerField()
    width = models.PositiveIntegerField(null=True)
    height = models.PositiveIntegerField(null=True)
    title = models.CharField(_("подпись"), max_length=200, blank=True)
    at = models.DateTimeField(auto_now_add=True)

    class Meta:
        verbose_name = _("файл")
        verbose_name_plural = _("файлы")

    def __str__(self) -> str:
        return self.title or str(self.pk)

    @property
    def url(self) -> str:
        """Where the file is: open to everybody, or behind the check of `upload-file`."""
        return self.file.url if self.is_public else reverse("upload-file", args=[self.pk])

    @property
    def small_url(self) -> str:
        """Where it is in the size of a card, behind the same check; the whole picture where it is no wider."""
        if not self.is_public:
            return f"{self.url}?small"
        return default_storage.url(small(str(self.file.name)))
