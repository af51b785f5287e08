"""How allauth works for us."""

from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from django.http import HttpRequest


class AccountAdapter(DefaultAccountAdapter):
    """E-mail accounts: letters carry the branch's name, the name of the person is kept on sign-up."""

    def send_mail(self, template_prefix: str, email: str, context: dict[str, Any]) -> None:
        request: HttpRequest | None = self.request
        super().send_mail(template_prefix, email, {"branch": getattr(request, "branch", None), **context})
