"""Forms of the kernel."""

from django import forms
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from hub.models import User


class SignupForm(forms.Form):
    """What sign-up asks besides e-mail and password."""

    name = forms.CharField(label=_("Имя и фамилия"), max_length=120)

    def signup(self, request: HttpRequest, user: User) -> None:
        user.name = self.cleaned_data["name"]
        user.save(update_fields=["name"])
