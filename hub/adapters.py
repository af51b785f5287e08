"""How allauth works for us: letters through the outbox, our words, the same answer for everybody."""

from __future__ import annotations

import secrets
from typing import Any
from urllib.parse import quote

from allauth.account.adapter import DefaultAccountAdapter
from allauth.account.models import EmailConfirmationHMAC
from allauth.core import context as allauth_context
from allauth.core.exceptions import ImmediateHttpResponse
from allauth.mfa.adapter import DefaultMFAAdapter
from allauth.mfa.models import Authenticator
from allauth.socialaccount.adapter import DefaultSocialAccountAdapter
from allauth.socialaccount.models import SocialApp
from allauth.socialaccount.providers import registry
from django.conf import settings
from django.contrib.auth.hashers import make_password
from django.db import IntegrityError, transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import Resolver404, resolve, reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from hub.choices import RoleKind
from hub.cookies import remember, remember_language
from hub.models import User
from hub.outbox import notify
from hub.outbox.kinds import ACCOUNT

#: The session key of the addresses whose letters a demo or development browser may read.
DEMO_LETTERS = "letters_to"
#: Names of the providers as people here know them.
PROVIDERS = {"vk": gettext_lazy("ВКонтакте"), "yandex": gettext_lazy("Яндекс"), "mailru": "Mail.ru"}

#: Where a day of staff begins.
FIRST_PAGES = {RoleKind.COORDINATOR: "review-queue", RoleKind.ADMINISTRATION: "state-event-desk"}
#: No page that somebody may be on the way to has a longer address.
LONGEST_WAY = 300


def on_the_way(request: HttpRequest, address: str) -> str:
    """The address with where the person was going (`next`), if that is a page of ours."""
    wished = request.POST.get("next") or request.GET.get("next") or ""
    if len(wished) > LONGEST_WAY or not url_has_allowed_host_and_scheme(wished, allowed_hosts=None):
        return address
    try:
        # Nobody writes words of their own into a letter of ours: it is an address that we know.
        resolve(wished.partition("?")[0])
    except Resolver404:
        return address
    return f"{address}?next={quote(wished)}"


class AccountAdapter(DefaultAccountAdapter):
    """E-mail accounts of the portal."""

    error_messages = {
        **DefaultAccountAdapter.error_messages,
        "account_inactive": gettext_lazy("Эта учётная запись отключена. Напишите в отделение."),
        "email_password_mismatch": gettext_lazy(
            "Почта или пароль не подошли. Проверьте раскладку и заглавные буквы или задайте новый пароль."
        ),
        "incorrect_password": gettext_lazy("Пароль не подошёл."),
        "enter_current_password": gettext_lazy("Нынешний пароль не подошёл."),
        "too_many_login_attempts": gettext_lazy(
            "Слишком много неудачных попыток. Подождите пять минут или задайте новый пароль: «Забыли пароль?»."
        ),
        "rate_limited": gettext_lazy("Слишком часто. Подождите минуту и попробуйте ещё раз."),
        "duplicate_email": gettext_lazy("Этот адрес уже есть в вашей учётной записи."),
        "cannot_remove_primary_email": gettext_lazy(
            "Основной адрес удалить нельзя: сначала сделайте основным другой."
        ),
    }

    def get_login_redirect_url(self, request: HttpRequest) -> str:
        """A coordinator's day begins with the queue, the administration's with its events, others' with the cabinet."""
        for role, page in FIRST_PAGES.items():
            if request.user.holds(role, request.branch):  # type: ignore[union-attr, attr-defined]
                return reverse(page)
        return super().get_login_redirect_url(request)

    def get_email_confirmation_url(
        self, request: HttpRequest, emailconfirmation: EmailConfirmationHMAC
    ) -> str:
        """Often another browser opens the letter, which knows of the person what stands in the link."""
        return on_the_way(request, super().get_email_confirmation_url(request, emailconfirmation))

    def respond_email_verification_sent(self, request: HttpRequest, user: User | None) -> HttpResponse:
        """The page has ways back to sign-up and sign-in: they lead on to the same place."""
        return redirect(on_the_way(request, reverse("account_email_verification_sent")))

    def send_mail(self, template_prefix: str, email: str, context: dict[str, Any]) -> None:
        """Queue the letter: sign-up waits for no mail server and takes the same time for any address."""
        request: HttpRequest = allauth_context.request
        branch = request.branch  # type: ignore[attr-defined]
        letter = self.render_mail(
            template_prefix, email, {"request": request, "email": email, "branch": branch, **context}
        )
        notify(
            ACCOUNT,
            key=f"account:{secrets.token_hex(16)}",
            branch=branch,
            subject=letter.subject,
            email=email,
            context={"text": letter.body.strip()},
        )
        if settings.DEMO or settings.DEBUG:
            request.session[DEMO_LETTERS] = [*request.session.get(DEMO_LETTERS, []), email][-5:]

    def save_user(self, request: HttpRequest, user: User, form: Any, commit: bool = True) -> User:
        """Of several clicks at once one makes the account; the others get what a known address gets."""
        try:
            with transaction.atomic():
                return super().save_user(request, user, form, commit)
        except IntegrityError:
            answer = self.respond_email_verification_sent(request, None)
            raise ImmediateHttpResponse(answer) from None

    def post_login(self, request: HttpRequest, user: User, **kwargs: Any) -> HttpResponse:
        """A browser new to the person takes over the language and theme of their settings."""
        response = super().post_login(request, user, **kwargs)
        remember_language(response, user.language)
        if user.theme:
            remember(response, "theme", user.theme)
        return response

    def send_account_already_exists_mail(self, email: str) -> None:
        # A new account costs one hash of a password; a known address must cost the same.
        make_password(secrets.token_hex(8))
        super().send_account_already_exists_mail(email)

    def _get_login_attempts_cache_key(self, request: HttpRequest, **credentials: Any) -> str:
        # allauth's own key holds the host name: every host of ours would give five more attempts.
        return str(credentials.get("email", "")).lower()

    def get_password_change_redirect_url(self, request: HttpRequest) -> str:
        return reverse("account-settings")


class MFAAdapter(DefaultMFAAdapter):
    """The second factor: one name for the portal under all of its hosts, our words."""

    error_messages = {
        **DefaultMFAAdapter.error_messages,
        "incorrect_code": gettext_lazy("Код не подошёл. Подождите следующего в приложении и введите его."),
        "unverified_email": gettext_lazy(
            "Сначала подтвердите почту: откройте ссылку из письма, потом вернитесь сюда."
        ),
    }

    def _get_site_name(self) -> str:
        return settings.MFA_TOTP_ISSUER

    def generate_authenticator_name(self, user: User, type: Authenticator.Type) -> str:
        count = Authenticator.objects.filter(user_id=user.pk, type=type).count()
        return _("Основной ключ") if count == 0 else _("Ключ № %(number)s") % {"number": count + 1}


def _signs_in(request: HttpRequest, provider: str) -> bool:
    asked = request.resolver_match.url_name if request.resolver_match else ""
    return asked in (f"{provider}_login", f"{provider}_callback")


class SocialAccountAdapter(DefaultSocialAccountAdapter):
    """VK, Yandex, Mail.ru: there when the environment names them."""

    error_messages = {
        **DefaultSocialAccountAdapter.error_messages,
        "email_taken": gettext_lazy(
            "С этой почтой на портале уже есть учётная запись. Войдите в неё и подключите %s в настройках."
        ),
    }

    def get_provider(self, request: HttpRequest, provider: str, client_id: str | None = None) -> Any:
        try:
            found = super().get_provider(request, provider, client_id)
        except SocialApp.DoesNotExist:
            # Nobody can sign in through it now; an account connected before still has to be told and left.
            known = registry.get_class(provider)
            if known is None or _signs_in(request, provider):
                raise Http404 from None
            found = known(request, app=SocialApp(provider=provider))
        return self._named(found)

    def list_providers(self, request: HttpRequest) -> list[Any]:
        return [self._named(provider) for provider in super().list_providers(request)]

    @staticmethod
    def _named(provider: Any) -> Any:
        provider.name = str(PROVIDERS.get(provider.id, provider.name))
        return provider

    def populate_user(self, request: HttpRequest, sociallogin: Any, data: dict[str, Any]) -> User:
        user = super().populate_user(request, sociallogin, data)
        parts = (data.get("first_name"), data.get("last_name"))
        user.name = (" ".join(part for part in parts if part) or data.get("name") or "")[:120]
        return user

    def get_signup_form_initial_data(self, sociallogin: Any) -> dict[str, Any]:
        return {**super().get_signup_form_initial_data(sociallogin), "name": sociallogin.user.name}
