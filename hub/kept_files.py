"""A file that came with a form which was refused for something else stays with the form."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django import forms
from django.core import signing
from django.core.files.uploadedfile import UploadedFile
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from hub.models import Upload, User
from hub.uploads import ORPHAN_AGE, UploadRefused

SALT = "kept-file"


class KeptFileInput(forms.FileInput):
    """Beside the chosen file, the one that came before it: a signed name, good until the sweep takes the file."""

    kept: Upload | None = None
    kept_name = ""

    def keep(self, upload: Upload, name: str) -> None:
        self.kept, self.kept_name = upload, name[:200]

    def value_from_datadict(self, data: Any, files: Any, name: str) -> Any:
        return super().value_from_datadict(data, files, name) or self._before(data.get(f"{name}-kept", ""))

    def _before(self, token: str) -> Upload | None:
        try:
            pk, name = signing.loads(token, salt=SALT, max_age=ORPHAN_AGE)
        except signing.BadSignature:
            return None
        if upload := Upload.objects.filter(pk=pk).first():
            self.keep(upload, name)
        return upload

    def render(self, name: str, value: Any, attrs: Any = None, renderer: Any = None) -> SafeString:
        chosen = super().render(name, value, attrs, renderer)
        if self.kept is None:
            return chosen
        token = signing.dumps([str(self.kept.pk), self.kept_name], salt=SALT)
        return format_html('{}<input type="hidden" name="{}-kept" value="{}">', chosen, name, token)


class KeptFile(forms.FileField):
    """`store`: how the file is taken in (hub.uploads); its value is the file, or the Upload that it became before."""

    widget = KeptFileInput

    def __init__(self, *, store: Callable[..., Upload], **kwargs: Any) -> None:
        self.store = store
        super().__init__(required=False, **kwargs)

    def to_python(self, data: Any) -> Any:
        return data if isinstance(data, Upload) else super().to_python(data)


def stored(form: forms.Form, name: str, *, by: User) -> Upload | None:
    """What the sender chose, stored once however often the form comes back. Raises UploadRefused."""
    field, value = form.fields[name], form.cleaned_data.get(name)
    if isinstance(value, UploadedFile):
        upload: Upload = field.store(value, by=by)  # type: ignore[attr-defined]
        field.widget.keep(upload, value.name or "")
        form.cleaned_data[name] = upload
        return upload
    if isinstance(value, Upload) and value.owner_id != by.pk:
        raise UploadRefused(_("Файл больше не найти. Выберите его ещё раз."))
    return value or None


def keep_files(form: forms.Form, *, by: User) -> None:
    """Before a refused form goes back: take in what was chosen, so that it need not be chosen again."""
    for name, field in form.fields.items():
        if isinstance(field, KeptFile) and name not in form.errors:
            try:
                stored(form, name, by=by)
            except UploadRefused as refusal:
                form.add_error(name, str(refusal))
