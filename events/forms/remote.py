"""Where a calendar of another program is: a link, or a file."""

from __future__ import annotations

from urllib.parse import parse_qs, quote, urlsplit

from django import forms
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import UploadedFile
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from events.choices import SourceFault
from events.reading import MAX_BYTES
from hub.fetching import FetchFailed, tidy


class LinkForm(forms.Form):
    use_required_attribute = False
    show_optional = False

    url = forms.CharField(
        label=gettext_lazy("Ссылка на календарь"),
        help_text=gettext_lazy(
            "Ссылка в формате iCal. Обычно начинается с https:// или webcal:// и кончается на .ics."
        ),
        max_length=2000,
        widget=forms.TextInput(attrs={"inputmode": "url", "autocomplete": "off", "spellcheck": "false"}),
        error_messages={
            "required": gettext_lazy("Вставьте ссылку на календарь. Где её взять, написано ниже."),
            "max_length": gettext_lazy("Ссылка слишком длинная. Скопируйте её ещё раз, без лишнего."),
        },
    )
    name = forms.CharField(
        label=gettext_lazy("Как назвать"),
        help_text=gettext_lazy("Можно не заполнять: возьмём название из самого календаря."),
        max_length=120,
        required=False,
    )

    def clean_url(self) -> str:
        try:
            url = tidy(_ical_of(self.cleaned_data["url"].strip()))
        except FetchFailed as refusal:
            raise ValidationError(str(refusal)) from None
        if len(url) > 2000:
            raise ValidationError(_("Ссылка слишком длинная. Скопируйте её ещё раз, без лишнего."))
        return url


def _ical_of(url: str) -> str:
    """The link as a reader needs it: people copy what their program shows them."""
    scheme, colon, rest = url.partition("://")
    if colon and scheme.lower() in ("webcal", "webcals"):
        url = f"https://{rest}"
    elif not colon:
        url = f"https://{url}"
    try:
        parts = urlsplit(url)
    except ValueError:
        return url
    # The page that Google shows a public calendar on; its file stands elsewhere.
    page = parts.hostname == "calendar.google.com" and parts.path.startswith("/calendar/embed")
    if page and (source := parse_qs(parts.query).get("src")):
        return f"https://calendar.google.com/calendar/ical/{quote(source[0], safe='')}/public/basic.ics"
    return url


class FileForm(forms.Form):
    use_required_attribute = False
    show_optional = False

    file = forms.FileField(
        label=gettext_lazy("Файл календаря"),
        help_text=gettext_lazy(
            "Файл .ics до 5 МБ. Загрузите новый файл поверх старого, и события обновятся, а не удвоятся."
        ),
        widget=forms.ClearableFileInput(attrs={"accept": ".ics,.ical,.ifb,text/calendar"}),
        error_messages={
            "required": gettext_lazy("Выберите файл календаря."),
            "empty": gettext_lazy("Файл пустой. Проверьте, тот ли файл вы выбрали."),
        },
    )

    def clean_file(self) -> UploadedFile:
        file: UploadedFile = self.cleaned_data["file"]
        if (file.size or 0) > MAX_BYTES:
            raise ValidationError(str(SourceFault.TOO_LARGE.label))
        return file


class RemoveForm(forms.Form):
    """What becomes of the events of a calendar that is let go."""

    use_required_attribute = False

    events = forms.ChoiceField(
        label=gettext_lazy("Что сделать с его будущими событиями?"),
        choices=[
            (
                "keep",
                gettext_lazy(
                    "Оставить: они станут обычными событиями сообщества, менять их можно будет здесь"
                ),
            ),
            ("cancel", gettext_lazy("Отменить: в календаре города они останутся с пометкой «Отменено»")),
        ],
        widget=forms.RadioSelect,
        error_messages={"required": gettext_lazy("Выберите, что сделать с событиями.")},
    )
