"""A person with a browser without scripts: opens pages, fills in the forms that stand there, follows on."""

from __future__ import annotations

from dataclasses import dataclass, field
from html.parser import HTMLParser
from typing import Any

from django.test import Client


@dataclass
class Form:
    action: str
    method: str
    fields: dict[str, list[str]] = field(default_factory=dict)
    buttons: list[tuple[str, str]] = field(default_factory=list)


class _Reader(HTMLParser):
    """The forms of a page, as a browser would send them, and its visible text."""

    def __init__(self) -> None:
        super().__init__()
        self.forms: list[Form] = []
        self.text = ""
        self._open: Form | None = None
        self._area: tuple[str, str] | None = None
        self._select = ""
        self._silent = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        said = {key: value or "" for key, value in attrs}
        if tag in ("script", "style", "title"):
            self._silent += 1
        elif tag == "form":
            self._open = Form(said.get("action", ""), said.get("method", "get").lower())
            self.forms.append(self._open)
        elif self._open is None:
            return
        elif tag == "input" and "name" in said and "disabled" not in said:
            self._input(self._open, said)
        elif tag == "textarea":
            self._area = (said.get("name", ""), "")
        elif tag == "select":
            self._select = said.get("name", "")
        elif tag == "option" and self._select and "selected" in said:
            self._open.fields[self._select] = [said.get("value", "")]
        elif tag == "button" and "name" in said:
            self._open.buttons.append((said["name"], said.get("value", "")))

    @staticmethod
    def _input(form: Form, said: dict[str, str]) -> None:
        kind, name = said.get("type", "text"), said["name"]
        if kind in ("checkbox", "radio"):
            if "checked" in said:
                form.fields.setdefault(name, []).append(said.get("value", "on"))
        elif kind not in ("file", "submit", "button"):
            form.fields.setdefault(name, []).append(said.get("value", ""))

    def handle_endtag(self, tag: str) -> None:
        if tag in ("script", "style", "title"):
            self._silent -= 1
        elif tag == "form":
            self._open = None
        elif tag == "select":
            self._select = ""
        elif tag == "textarea" and self._area and self._open is not None:
            # A browser drops the one line break that HTML allows after the tag.
            self._open.fields.setdefault(self._area[0], []).append(self._area[1].removeprefix("\n"))
            self._area = None

    def handle_data(self, data: str) -> None:
        if self._area:
            self._area = (self._area[0], self._area[1] + data)
        elif not self._silent:
            self.text += f" {data.strip()}"


class Visitor:
    """`open` a page, `send` its form, read `text`; every answer must be below 400 unless said otherwise."""

    def __init__(self, user: Any = None) -> None:
        self.client = Client(enforce_csrf_checks=True, headers={"accept-language": "ru"})
        if user is not None:
            self.client.force_login(user)
        self.path, self.text, self.html = "", "", ""
        self.forms: list[Form] = []

    def open(self, path: str, status: int = 200) -> Visitor:
        self._read(self.client.get(path, follow=True), path, status)
        return self

    def send(
        self, action: str = "", *, press: tuple[str, str] | None = None, status: int = 200, **answers: Any
    ) -> Visitor:
        """Fill in the page's form whose address contains `action` (default: this page) and send it.

        An answer of None unticks or empties; a list is several ticks. Names with «-» are given with «__».
        """
        form = next(
            (form for form in self.forms if form.method == "post" and self._leads(form, action)), None
        )
        assert form, f"{self.path} has no form {action!r}, only {[form.action for form in self.forms]}"
        data: dict[str, Any] = dict(form.fields)
        for name, value in answers.items():
            name = name.replace("__", "-")
            if value is None:
                data.pop(name, None)
            else:
                data[name] = value if isinstance(value, list) else [str(value)]
        if press:
            assert press in form.buttons, (press, form.buttons)
            data[press[0]] = [press[1]]
        target = form.action or self.path
        self._read(self.client.post(target, data, follow=True), target, status)
        return self

    def _leads(self, form: Form, action: str) -> bool:
        if action:
            return action in form.action
        return form.action in ("", self.path, self.path.split("?")[0])

    def _read(self, response: Any, path: str, status: int) -> None:
        assert response.status_code == status, (path, response.status_code)
        self.path = response.redirect_chain[-1][0] if response.redirect_chain else path
        self.html = response.content.decode() if "html" in response["Content-Type"] else ""
        reader = _Reader()
        reader.feed(self.html)
        self.forms, self.text = reader.forms, " ".join(reader.text.split())
        self.response = response

    def sees(self, *words: str) -> bool:
        return all(word in self.text for word in words)
