"""A talk as a leader tells of it."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django import forms
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from communities.forms.fields import Link, Text
from communities.models import Community
from events.choices import OrganiserState
from events.forms.stale import differences, mark_of, seen_field
from events.forms.when import day_field
from events.models import Event, Talk
from hub.kept_files import KeptFile, KeptFileInput
from hub.models import User
from hub.uploads import store_document

#: So far back talks are told of, and events are offered to choose from.
BACK = timedelta(days=400)


class EventChoice(forms.ModelChoiceField):
    """«21.11.2026 · День города»."""

    def label_from_instance(self, event: Event) -> str:
        return f"{event.starts_at.astimezone(event.tz):%d.%m.%Y} · {event.title}"


class TalkForm(forms.Form):
    """Who spoke about what, when, where, and what shows it."""

    use_required_attribute = False
    show_optional = False

    seen = seen_field()
    user = forms.ModelChoiceField(
        User.objects.none(),
        label=gettext_lazy("Кто выступал?"),
        required=False,
        empty_label=gettext_lazy("Другой человек: впишу имя"),
    )
    speaker = Text(
        label=gettext_lazy("Имя и фамилия"),
        limit=120,
        help_text=gettext_lazy("Видят координатор и администрация. На странице сообщества имени не будет."),
    )
    topic = Text(label=gettext_lazy("О чём говорили?"), limit=200)
    date = day_field(label=gettext_lazy("Когда?"))
    event = EventChoice(
        Event.objects.none(),
        label=gettext_lazy("Где?"),
        required=False,
        empty_label=gettext_lazy("Не в нашем календаре"),
    )
    stage = Text(
        label=gettext_lazy("На каком мероприятии"),
        limit=160,
        help_text=gettext_lazy("Форум, конференция, эфир: «Форум „Сообщество“», «Радио „Маяк“»."),
    )
    place = Text(
        label=gettext_lazy("Город и место"),
        limit=160,
        help_text=gettext_lazy("«Москва, ВДНХ, павильон 75» или «онлайн»."),
    )
    proof = KeptFile(
        label=gettext_lazy("Подтверждение"),
        store=store_document,
        help_text=gettext_lazy("Фото со сцены, программа, благодарность: JPEG, PNG или PDF."),
        widget=KeptFileInput(attrs={"accept": "image/*,application/pdf"}),
    )
    link = Link(
        label=gettext_lazy("Или ссылка"),
        help_text=gettext_lazy("Запись выступления, программа, новость с вашим именем."),
    )

    def __init__(
        self, *args: Any, community: Community, by: User, talk: Talk | None = None, **kwargs: Any
    ) -> None:
        self.talk, self.today = talk, timezone.localdate(timezone=community.branch.tz)
        kwargs.setdefault("initial", self._written(talk, by))
        super().__init__(*args, **kwargs)
        team = User.objects.filter(stewardships__community=community)
        self.fields["user"].queryset = team.distinct().order_by("name", "pk")
        self.fields["event"].queryset = self._events(community)
        for name, words in (
            ("topic", _("Напишите, о чём говорили.")),
            ("date", _("Укажите день выступления.")),
        ):
            self.fields[name].required = True
            self.fields[name].error_messages["required"] = words

    @staticmethod
    def _written(talk: Talk | None, by: User) -> dict[str, Any]:
        if talk is None:
            return {"user": by.pk}
        said = {name: getattr(talk, name) for name in ("topic", "date", "stage", "place", "link")}
        return said | {
            "seen": mark_of(talk.submitted_at),
            "user": talk.user_id,
            "event": talk.event_id,
            "speaker": "" if talk.user_id else talk.speaker,
        }

    def _events(self, community: Community) -> Any:
        """Those of the last year that the community holds or that the city does."""
        agreed = Q(organisers__community=community, organisers__state=OrganiserState.ACCEPTED)
        held = agreed | Q(is_state=True)
        now = timezone.now()
        recent = Q(starts_at__gte=now - BACK, starts_at__lte=now)
        if self.talk and self.talk.event_id:
            recent |= Q(pk=self.talk.event_id)
        rows = Event.objects.in_branch(community.branch).published().filter(held, recent)
        return rows.distinct().order_by("-starts_at", "pk")

    def clean_date(self) -> Any:
        day = self.cleaned_data["date"]
        if day > self.today:
            raise forms.ValidationError(
                _("Этот день ещё не наступил. Расскажите, когда выступление пройдёт.")
            )
        if day < self.today - BACK and not (self.talk and self.talk.date == day):
            raise forms.ValidationError(_("Это больше года назад. Проверьте год."))
        return day

    def clean(self) -> dict[str, Any]:
        said = self.cleaned_data
        if not said.get("user") and not said.get("speaker") and not self.errors.keys() & {"user", "speaker"}:
            self.add_error("speaker", _("Впишите, кто выступал, или выберите из команды."))
        if not said.get("event") and "event" not in self.errors:
            for name, words in (
                ("stage", _("Напишите, на каком мероприятии, или выберите событие из календаря.")),
                ("place", _("Напишите город и место или «онлайн».")),
            ):
                if not said.get(name) and name not in self.errors:
                    self.add_error(name, words)
        has_proof = self.talk is not None and self.talk.proof_id is not None
        if not (said.get("proof") or said.get("link") or has_proof or self.errors.keys() & {"proof", "link"}):
            self.add_error(
                "proof", _("Приложите файл или ссылку: без них координатор не сможет подтвердить.")
            )
        return said

    def answers(self) -> dict[str, Any]:
        """What the actions take; the file comes beside it."""
        said = self.cleaned_data
        user, event = said["user"], said["event"]
        return {name: said[name] for name in ("topic", "date", "link")} | {
            "user": user,
            "speaker": (user.name or user.email)[:120] if user else said["speaker"],
            "event": event,
            "stage": "" if event else said["stage"],
            "place": "" if event else said["place"],
        }

    def differences(self, fresh: Talk) -> list[dict[str, Any]]:
        """What is typed here otherwise than it stands in `fresh`, side by side."""
        theirs = self._written(fresh, fresh.told_by)
        del theirs["seen"]
        return differences(self, theirs)
