"""Files: what is taken, what is refused and why, what is left of them."""

import io
import os
import resource
import time
import zlib
from datetime import timedelta
from pathlib import Path

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.utils import timezone
from PIL import Image

from communities.models import Claim
from hub import uploads
from hub.models import Upload
from hub.uploads import UploadRefused, store_document, store_picture
from tests import factories as f

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("media")]


def sent(content: bytes, name: str = "файл.jpg") -> SimpleUploadedFile:
    return SimpleUploadedFile(name, content)


def picture(kind="JPEG", size=(60, 40), mode="RGB", colour="red", **options) -> bytes:
    out = io.BytesIO()
    Image.new(mode, size, colour).save(out, kind, **options)
    return out.getvalue()


def opened(upload: Upload) -> Image.Image:
    return Image.open(upload.file.open("rb"))


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP", "GIF"])
def test_a_picture_of_any_kind_becomes_webp(kind):
    upload = store_picture(sent(picture(kind)), by=None, public=True)
    assert opened(upload).format == "WEBP"
    assert (upload.width, upload.height, upload.content_type) == (60, 40, "image/webp")
    assert upload.url.startswith("/media/public/")
    assert "файл" not in upload.file.name


def test_a_large_photo_is_made_smaller_and_a_logo_square():
    photo = store_picture(sent(picture(size=(4000, 2000))), by=None, public=True)
    logo = store_picture(
        sent(picture(size=(900, 300))), by=None, public=True, max_side=uploads.LOGO_SIDE, square=True
    )
    assert (photo.width, photo.height) == (1600, 800)
    assert logo.width == logo.height <= 512


def test_what_the_camera_wrote_is_gone_and_the_picture_stands_upright():
    exif = Image.Exif()
    exif[0x0112] = 6  # lies on its side
    exif[0x010F] = "КАНАРЕЙКА".encode()
    exif.get_ifd(0x8825)[1] = "N"
    raw = picture(size=(60, 40), exif=exif, icc_profile=b"canary-profile", comment=b"canary-comment")
    upload = store_picture(sent(raw), by=None, public=True)
    stored = upload.file.open("rb").read()
    assert (upload.width, upload.height) == (40, 60)
    assert not dict(opened(upload).getexif())
    assert b"canary" not in stored
    assert "КАНАРЕЙКА".encode() not in stored


def test_transparency_stays_and_an_animation_becomes_its_first_frame():
    clear = store_picture(sent(picture("PNG", mode="RGBA", colour=(0, 0, 0, 0))), by=None, public=True)
    frames = io.BytesIO()
    Image.new("RGB", (9, 9), "red").save(
        frames, "GIF", save_all=True, append_images=[Image.new("RGB", (9, 9), "blue")]
    )
    moving = store_picture(sent(frames.getvalue()), by=None, public=True)
    assert opened(clear).mode == "RGBA"
    assert not getattr(opened(moving), "is_animated", False)


def test_a_file_that_is_also_a_page_keeps_no_byte_of_the_page():
    raw = picture() + b"<html><script>alert('canary')</script>"
    upload = store_picture(sent(raw), by=None, public=True)
    assert b"canary" not in upload.file.open("rb").read()


def png_bomb(width: int, height: int) -> bytes:
    """A PNG that promises `width` × `height` in a few bytes."""

    def chunk(kind: bytes, body: bytes) -> bytes:
        return len(body).to_bytes(4, "big") + kind + body + zlib.crc32(kind + body).to_bytes(4, "big")

    head = width.to_bytes(4, "big") + height.to_bytes(4, "big") + b"\x08\x02\x00\x00\x00"
    return (
        b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", zlib.compress(b"")) + chunk(b"IEND", b"")
    )


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "пустой"),
        (b"just words", "не похоже на картинку"),
        (b"<?xml version='1.0'?><svg xmlns='http://www.w3.org/2000/svg'><script/></svg>", "SVG"),
        (b"%PDF-1.7 ...", "PDF"),
        (b"\x00\x00\x00\x18ftypheic\x00\x00\x00\x00", "HEIC"),
        (picture(size=(400, 400))[:900], "не целиком"),
        (b"\x89PNG\r\n\x1a\n" + b"\x00" * 40, "не похоже|не целиком"),
        (png_bomb(10_000, 6_000), "10000 × 6000"),
        (png_bomb(60_000, 60_000), "слишком велика"),
    ],
)
def test_a_bad_picture_is_refused_with_a_reason(content, said):
    with pytest.raises(UploadRefused, match=said):
        store_picture(sent(content), by=None, public=True)
    assert not Upload.objects.exists()


def test_a_real_60_megapixel_logo_is_refused_before_it_is_unpacked():
    raw = picture("PNG", size=(10_000, 6_000), mode="L", colour=0)
    before, start = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss, time.monotonic()
    with pytest.raises(UploadRefused, match="Уменьшите"):
        store_picture(sent(raw), by=None, public=True, max_side=512, square=True)
    assert time.monotonic() - start < 5
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 100_000  # KiB


def test_a_file_too_heavy_is_refused(settings):
    settings.UPLOAD_MAX_BYTES = 1000
    with pytest.raises(UploadRefused, match="МБ"):
        store_picture(sent(b"x" * 1001), by=None, public=True)


def test_a_document_is_private_and_a_pdf_keeps_its_bytes():
    pdf = b"%PDF-1.4\n...\n%%EOF\n"
    upload = store_document(sent(pdf, "Справка ../../о сообществе.pdf"), by=None)
    assert upload.file.open("rb").read() == pdf
    assert not upload.is_public
    assert upload.file.name.startswith("private/")
    assert "/" not in upload.title


def test_a_file_named_with_emoji_alone_is_taken():
    assert store_document(sent(b"%PDF-1.4\n%%EOF", "🎉.pdf"), by=None).title == "document"


def test_a_document_may_be_a_photo_but_not_a_half_of_a_pdf_nor_anything_else():
    assert store_document(sent(picture()), by=None).extension == "webp"
    for content in (b"%PDF-1.4 and then nothing", b"PK\x03\x04 an archive", b"MZ a program"):
        with pytest.raises(UploadRefused):
            store_document(sent(content), by=None)


# --- who may see ------------------------------------------------------------------------------------


def test_a_private_file_opens_to_its_owner_alone():
    owner, stranger = f.UserFactory(), f.UserFactory()
    upload = store_document(sent(b"%PDF-1.4\n<script>alert(1)</script>\n%%EOF", "proof.pdf"), by=owner)
    f.BranchFactory()
    assert Client().get(upload.url).status_code == 302
    for person, status in ((owner, 200), (stranger, 404)):
        client = Client()
        client.force_login(person)
        response = client.get(upload.url)
        assert response.status_code == status
        if status == 200:
            assert response["Content-Disposition"].startswith("attachment")
            assert response["X-Content-Type-Options"] == "nosniff"
            assert "sandbox" in response["Content-Security-Policy"]
            assert "no-store" in response["Cache-Control"]


def test_the_proof_of_a_claim_opens_to_the_coordinator_of_its_branch_alone():
    record, claimant = f.imported(), f.UserFactory()
    proof = store_document(sent(b"%PDF-1.4\n%%EOF", "proof.pdf"), by=claimant)
    Claim.objects.create(community=record.community, text="Это мы", proof=proof)
    ours, foreign = f.coordinator(), f.coordinator(f.BranchFactory(slug="kazan"))
    for person, status in ((ours, 200), (foreign, 404)):
        client = Client()
        client.force_login(person)
        assert client.get(proof.url).status_code == status


def test_a_public_file_is_kept_by_browsers_for_long():
    f.BranchFactory()
    upload = store_picture(sent(picture()), by=None, public=True)
    response = Client().get(upload.url)
    assert response.status_code == 200
    assert response["Content-Type"] == "image/webp"
    assert "immutable" in response["Cache-Control"]
    assert Client().get(upload.url.replace(upload.pk.hex, "0" * 32)).status_code == 404


# --- what nobody needs ------------------------------------------------------------------------------


def aged(upload: Upload) -> Upload:
    Upload.objects.filter(pk=upload.pk).update(at=timezone.now() - timedelta(days=2))
    return upload


def test_the_sweep_takes_what_nobody_refers_to_and_no_more(media, django_capture_on_commit_callbacks):
    orphan, needed, fresh = (store_picture(sent(picture()), by=None, public=True) for _ in range(3))
    aged(orphan), aged(needed)
    f.draft(logo=needed)
    lost = media / "public" / "ab" / f"{'ab' * 16}.webp"
    lost.parent.mkdir(parents=True, exist_ok=True)
    lost.write_bytes(b"no row knows me")
    old = time.time() - 2 * 86400
    os.utime(lost, (old, old))
    with django_capture_on_commit_callbacks(execute=True):
        assert uploads.sweep() == 2
    assert set(Upload.objects.values_list("pk", flat=True)) == {needed.pk, fresh.pk}
    assert not Path(orphan.file.path).exists()
    assert Path(needed.file.path).exists()
    assert not lost.exists()


@pytest.mark.django_db(transaction=True)
def test_a_file_that_came_into_use_meanwhile_stays():
    upload = store_picture(sent(picture()), by=None, public=True)
    stale = list(uploads.unreferenced(Upload.objects.all()))
    f.draft(logo=upload)
    assert uploads.discard(Upload.objects.filter(pk__in=[u.pk for u in stale])) == 0
    assert Upload.objects.filter(pk=upload.pk).exists()
