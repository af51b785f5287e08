"""A file that came with a form which was refused for something else."""

from io import BytesIO

import pytest
import time_machine
from django import forms
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone
from PIL import Image

from hub.kept_files import KeptFile, keep_files, stored
from hub.models import Upload
from hub.uploads import ORPHAN_AGE, UploadRefused, store_document
from tests import factories as f

pytestmark = pytest.mark.django_db


class Form(forms.Form):
    name = forms.CharField()
    photo = KeptFile(store=store_document)


def photo(name="съёмка.png"):
    content = BytesIO()
    Image.new("RGB", (64, 64), "teal").save(content, "PNG")
    return {"photo": SimpleUploadedFile(name, content.getvalue())}


def sent(person, data, files=None):
    form = Form(data, files)
    if not form.is_valid():
        keep_files(form, by=person)
    return form


def token(form):
    return str(form["photo"]).rpartition('value="')[2].partition('"')[0]


def test_it_stays_with_the_form_and_is_stored_once():
    person = f.UserFactory()
    form = sent(person, {}, photo())
    assert form.fields["photo"].widget.kept_name == "съёмка.png"
    again = sent(person, {"photo-kept": token(form)})
    last = sent(person, {"name": "Анна", "photo-kept": token(again)})
    assert last.is_valid()
    assert [stored(last, "photo", by=person)] == list(Upload.objects.all())


def test_another_file_takes_its_place():
    person = f.UserFactory()
    form = sent(person, {}, photo())
    other = sent(person, {"name": "Анна", "photo-kept": token(form)}, photo("другая.png"))
    assert stored(other, "photo", by=person).title == "другая"


def test_a_file_that_is_no_picture_is_told_of_at_once_and_not_kept():
    form = sent(f.UserFactory(), {}, {"photo": SimpleUploadedFile("a.png", b"text")})
    assert set(form.errors) == {"name", "photo"}
    assert "photo-kept" not in str(form["photo"])
    assert not Upload.objects.exists()


def test_nobody_hands_in_a_file_of_somebody_else():
    kept = token(sent(f.UserFactory(), {}, photo()))
    thief = f.UserFactory()
    form = sent(thief, {"name": "Пётр", "photo-kept": kept})
    with pytest.raises(UploadRefused, match="Выберите его ещё раз"):
        stored(form, "photo", by=thief)


def test_a_forged_or_old_name_is_no_file():
    person = f.UserFactory()
    kept = token(sent(person, {}, photo()))
    for wrong in ("", "a:b:c", kept[:-1] + "!"):
        assert stored(sent(person, {"name": "Анна", "photo-kept": wrong}), "photo", by=person) is None
    with time_machine.travel(timezone.now() + 2 * ORPHAN_AGE):
        assert stored(sent(person, {"name": "Анна", "photo-kept": kept}), "photo", by=person) is None
