"""The small sizes of pictures: which there are, what is in them, and that they come and go with the whole one."""

import os
import time
from datetime import timedelta
from pathlib import Path

import pytest
from django.core.files.storage import default_storage
from django.test import Client
from django.utils import timezone
from PIL import Image

from hub import my_data, tasks, uploads
from hub.models import Upload
from hub.small_pictures import CARD, ROW, all_sizes, small
from hub.uploads import store_document, store_picture
from tests import factories as f
from tests.hub.test_uploads import picture, sent

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("media")]


def files(media: Path) -> set[str]:
    return {str(path.relative_to(media)) for path in media.rglob("*") if path.is_file()}


def size_of(name: str) -> tuple[int, int]:
    with default_storage.open(name) as file, Image.open(file) as shown:
        assert shown.format == "WEBP"
        return shown.size


def test_a_photo_has_smaller_and_lighter_ones_beside_it(media):
    photo = f.photo(width=1200)
    whole, card, row = all_sizes(photo.file.name)
    assert files(media) == {whole, card, row}
    assert [size_of(name) for name in (whole, card, row)] == [(1200, 800), (640, 427), (240, 160)]
    weights = [default_storage.size(name) for name in (whole, card, row)]
    assert weights[1] < weights[0] / 2
    assert weights[1] < 45 * 1024
    assert weights[2] < 10 * 1024
    assert (small(whole), small(whole, ROW)) == (card, row)
    assert photo.small_url == f"/media/{card}"


@pytest.mark.parametrize(("width", "widths"), [(240, []), (241, [ROW]), (640, [ROW]), (641, [CARD, ROW])])
def test_a_narrow_picture_is_shown_whole(media, width, widths):
    upload = store_picture(sent(picture(size=(width, 90))), by=None, public=True)
    assert len(files(media)) == 1 + len(widths)
    for one in (CARD, ROW):
        assert (small(upload.file.name, one) != upload.file.name) == (one in widths)


def test_what_the_camera_wrote_is_gone_from_each_and_each_stands_upright(media):
    exif = Image.Exif()
    exif[0x0112] = 6
    exif[0x010F] = "КАНАРЕЙКА".encode()
    raw = picture(size=(1000, 800), exif=exif, icc_profile=b"canary-profile", comment=b"canary-comment")
    upload = store_picture(sent(raw), by=None, public=True)
    assert len(files(media)) == 3
    for name in all_sizes(upload.file.name):
        width, height = size_of(name)
        assert width < height
        content = (media / name).read_bytes()
        assert b"canary" not in content
        assert "КАНАРЕЙКА".encode() not in content


def test_transparency_stays_in_the_small_ones():
    raw = picture("PNG", size=(700, 700), mode="RGBA", colour=(0, 0, 0, 0))
    upload = store_picture(sent(raw), by=None, public=True)
    with default_storage.open(small(upload.file.name)) as file:
        assert Image.open(file).mode == "RGBA"


# --- who may see ------------------------------------------------------------------------------------


def test_a_private_one_opens_to_whom_the_whole_one_does():
    owner, stranger = f.UserFactory(), f.UserFactory()
    f.BranchFactory()
    upload = store_document(sent(picture(size=(900, 600))), by=owner)
    assert "/media/" not in upload.small_url
    weights = []
    for address in (upload.url, upload.small_url):
        assert Client().get(address).status_code == 302
        for person, status in ((owner, 200), (stranger, 404)):
            client = Client()
            client.force_login(person)
            response = client.get(address)
            assert response.status_code == status
            if status == 200:
                assert response["Cache-Control"] == "private, no-store"
                assert "sandbox" in response["Content-Security-Policy"]
                weights.append(len(response.getvalue()))
    assert weights[1] < weights[0]
    for name in all_sizes(upload.file.name):
        assert Client().get(f"/media/{name}").status_code == 404


def test_a_private_one_without_a_small_size_is_shown_whole(client):
    f.BranchFactory()
    owner = f.UserFactory()
    client.force_login(owner)
    for content in (picture(), b"%PDF-1.4\n%%EOF"):
        upload = store_document(sent(content), by=owner)
        whole = upload.file.open("rb").read()
        assert client.get(upload.small_url).getvalue() == whole


def test_a_public_one_is_kept_by_browsers_for_long(client):
    f.BranchFactory()
    for name in all_sizes(f.photo().file.name):
        response = client.get(f"/media/{name}")
        assert response.status_code == 200
        assert response["Content-Type"] == "image/webp"
        assert "immutable" in response["Cache-Control"]


# --- they go together -------------------------------------------------------------------------------


def test_whoever_is_erased_takes_every_size_along(media, django_capture_on_commit_callbacks):
    person = f.UserFactory()
    private, public = f.photo(person, public=False), f.photo(person)
    assert len(files(media)) == 6
    with django_capture_on_commit_callbacks(execute=True):
        my_data.erase(person, by=person)
    assert not Upload.objects.filter(pk__in=[private.pk, public.pk]).exists()
    assert files(media) == set()


def test_the_sweep_takes_every_size_of_what_nobody_needs_and_no_other(
    media, django_capture_on_commit_callbacks
):
    needed, _orphan, lost = f.photo(), f.photo(), f.photo()
    f.draft(logo=needed)
    Upload.objects.update(at=timezone.now() - timedelta(days=2))
    Upload.objects.filter(pk=lost.pk).delete()  # the row alone: its files are nobody's
    old = time.time() - 2 * 86400
    for name in files(media):
        os.utime(media / name, (old, old))
    assert len(files(media)) == 9
    with django_capture_on_commit_callbacks(execute=True):
        uploads.sweep()
    assert files(media) == set(all_sizes(needed.file.name))
    assert list(Upload.objects.all()) == [needed]


# --- pictures from before there were small ones ------------------------------------------------------


def test_older_pictures_get_theirs_and_the_next_run_has_nothing_to_do(media):
    photo, narrow, private = f.photo(), f.photo(width=200), f.photo(public=False)
    before = {name: (media / name).read_bytes() for name in files(media)}
    for upload in (photo, private):
        for name in all_sizes(upload.file.name)[1:]:
            (media / name).unlink()
    assert photo.small_url == photo.url  # until then it is shown whole
    tasks.make_small_pictures()
    assert files(media) == set(before)
    assert small(narrow.file.name) == narrow.file.name
    written = {name: (media / name).stat().st_mtime_ns for name in before}
    assert uploads.make_small_sizes() == 0
    assert {name: (media / name).stat().st_mtime_ns for name in before} == written


def test_a_picture_that_is_lost_or_broken_does_not_hold_up_the_rest(media):
    lost, broken, sound = f.photo(), f.photo(), f.photo()
    for upload in (lost, broken, sound):
        for name in all_sizes(upload.file.name)[1:]:
            (media / name).unlink()
    (media / lost.file.name).unlink()
    content = (media / broken.file.name).read_bytes()
    (media / broken.file.name).write_bytes(content[: len(content) // 2])
    assert uploads.make_small_sizes() == 2
    assert files(media) == {broken.file.name, *all_sizes(sound.file.name)}
