"""The one door for files: checked, re-encoded, stripped, stored under a random name.

Pictures come out as WebP whatever went in; of documents only PDFs keep their bytes, and they are
never public. Public files are served to everybody for ever, private ones per access. A wide picture has
small sizes beside it (hub/small_pictures.py), which come and go with it.
"""

from __future__ import annotations

import threading
import time
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from functools import partial
from io import BytesIO
from pathlib import Path

import structlog
from django.conf import settings
from django.core.exceptions import SuspiciousFileOperation
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.core.files.uploadedfile import UploadedFile
from django.db import IntegrityError, models, transaction
from django.db.models import Exists, OuterRef
from django.utils import timezone
from django.utils.text import get_valid_filename
from django.utils.translation import gettext as _
from PIL import Image, ImageOps, UnidentifiedImageError

from hub.models import Upload, User
from hub.small_pictures import ROW, all_sizes, keep_small, key_of, missing_sizes

log = structlog.get_logger(__name__)

#: Longest side of a photo, of a logo (square) and of a scanned document, in pixels.
PHOTO_SIDE, LOGO_SIDE, SCAN_SIDE = 1600, 512, 2400
PICTURE_FORMATS = ("JPEG", "PNG", "WEBP", "GIF")
#: How long a file may lie without a row that needs it.
ORPHAN_AGE = timedelta(days=1)
ORIENTATION = 0x0112
PDF_HEAD, PDF_TAIL = b"%PDF-", b"%%EOF"
#: EXIF orientation → what sets the picture upright.
UPRIGHT = {
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_270,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_90,
}
# A large picture takes some hundred megabytes while it is decoded: one at a time in a process.
_decoding = threading.BoundedSemaphore(1)


class UploadRefused(Exception):
    """The file cannot be taken; the message tells the sender why and what to do."""


def store_picture(
    file: UploadedFile, *, by: User | None, public: bool, max_side: int = PHOTO_SIDE, square: bool = False
) -> Upload:
    """Store a picture as WebP of at most `max_side` pixels; `square` cuts the middle out (logos).

    Raises UploadRefused.
    """
    _check_size(file)
    with _decoding:
        picture = _decode(file, max_side)
        if square:
            side = min(picture.size)
            picture = ImageOps.fit(picture, (side, side), Image.Resampling.LANCZOS)
        content = BytesIO()
        picture.save(content, "WEBP", quality=82, method=4)
    return _store(
        content.getvalue(),
        by=by,
        public=public,
        extension="webp",
        content_type="image/webp",
        picture=picture,
    )


def store_document(file: UploadedFile, *, by: User | None) -> Upload:
    """Store a proof privately: a PDF as it is, a photo or scan as a picture. Raises UploadRefused."""
    _check_size(file)
    file.seek(0)
    if file.read(len(PDF_HEAD)) != PDF_HEAD:
        upload = store_picture(file, by=by, public=False, max_side=SCAN_SIDE)
    else:
        file.seek(0)
        content = file.read()
        if PDF_TAIL not in content[-2048:]:
            raise UploadRefused(
                _("Файл PDF обрывается на середине. Сохраните его заново и приложите ещё раз.")
            )
        upload = _store(content, by=by, public=False, extension="pdf", content_type="application/pdf")
    upload.title = _title(file.name or "")
    upload.save(update_fields=["title"])
    return upload


def _title(filename: str) -> str:
    """The sender's name of the file, harmless; a name of emoji alone leaves nothing."""
    try:
        return get_valid_filename(Path(filename).stem)[:100]
    except SuspiciousFileOperation:
        return "document"


def _check_size(file: UploadedFile) -> None:
    size = file.size or 0
    if not size:
        raise UploadRefused(_("Файл пустой. Выберите другой."))
    if size > settings.UPLOAD_MAX_BYTES:
        raise UploadRefused(
            _("Файл весит %(size)s МБ, а можно до %(limit)s МБ. Сохраните его поменьше и приложите ещё раз.")
            % {"size": _megabytes(size), "limit": _megabytes(settings.UPLOAD_MAX_BYTES)}
        )


def _megabytes(size: int) -> int:
    return max(1, round(size / 1024 / 1024))


def _decode(file: UploadedFile, max_side: int) -> Image.Image:
    """The first frame, upright, of at most `max_side` pixels, with nothing but pixels in it."""
    file.seek(0)
    head = file.read(64)
    file.seek(0)
    try:
        # Only the header is read here: a bomb is refused before it is unpacked.
        picture: Image.Image = Image.open(file, formats=PICTURE_FORMATS)
        _check_pixels(*picture.size)
        picture.draft("RGB", (max_side, max_side))
        picture.load()
        see_through = "A" in picture.getbands() or "transparency" in picture.info
        orientation = picture.getexif().get(ORIENTATION)
        picture = picture.convert("RGBA" if see_through else "RGB")
    except UnidentifiedImageError:
        raise UploadRefused(_unknown(head)) from None
    except Image.DecompressionBombError:
        raise UploadRefused(_too_many_pixels(None)) from None
    except (OSError, ValueError, SyntaxError, EOFError, TypeError, OverflowError, MemoryError):
        raise UploadRefused(
            _("Картинка повреждена или загрузилась не целиком. Сохраните её у себя заново и приложите.")
        ) from None
    picture.thumbnail((max_side, max_side), Image.Resampling.LANCZOS, reducing_gap=2.0)
    picture.info.clear()
    if turn := UPRIGHT.get(orientation or 1):
        picture = picture.transpose(turn)
    clean = Image.new(picture.mode, picture.size)
    clean.paste(picture)
    return clean


def _check_pixels(width: int, height: int) -> None:
    if width * height > settings.UPLOAD_MAX_PIXELS:
        raise UploadRefused(_too_many_pixels((width, height)))


def _too_many_pixels(size: tuple[int, int] | None) -> str:
    advice = _(
        "Уменьшите её до 4000 точек по длинной стороне (в телефоне «Изменить размер») и приложите снова."
    )
    if size is None:
        return _("Картинка слишком велика.") + " " + advice
    told = _(
        "Картинка слишком велика: %(width)s × %(height)s, это %(all)s млн точек, а можно до %(limit)s млн."
    ) % {
        "width": size[0],
        "height": size[1],
        "all": round(size[0] * size[1] / 1_000_000),
        "limit": round(settings.UPLOAD_MAX_PIXELS / 1_000_000),
    }
    return f"{told} {advice}"


def _unknown(head: bytes) -> str:
    """Why Pillow did not open it, in words that help."""
    if head[4:12] in (b"ftypheic", b"ftypheix", b"ftypmif1", b"ftypmsf1", b"ftypavif"):
        return _(
            "Снимок в формате HEIC или AVIF, портал его не читает. Отправьте его как JPEG: на айфоне "
            "«Настройки → Камера → Форматы → Наиболее совместимый»."
        )
    if b"<svg" in head.lower() or head.lstrip().startswith(b"<?xml"):
        return _("Рисунки SVG не принимаем: в них бывает программа. Сохраните рисунок как PNG и приложите.")
    if head.startswith(PDF_HEAD):
        return _("Это документ PDF, а здесь нужна картинка: JPEG, PNG или WebP.")
    return _("Это не похоже на картинку. Подходят JPEG, PNG и WebP.")


def _store(
    content: bytes,
    *,
    by: User | None,
    public: bool,
    extension: str,
    content_type: str,
    picture: Image.Image | None = None,
) -> Upload:
    upload = Upload(
        owner=by,
        is_public=public,
        extension=extension,
        content_type=content_type,
        size=len(content),
        width=picture.width if picture else None,
        height=picture.height if picture else None,
    )
    upload.file.save("", ContentFile(content), save=False)
    if picture:
        keep_small(picture, str(upload.file.name))
    upload.save(force_insert=True)
    return upload


def make_small_sizes() -> int:
    """The small sizes of wide pictures without them, as those from before there were any. Returns how many.

    Where it is stopped the next run goes on: it asks the disk what is missing.
    """
    made = 0
    wide = Upload.objects.filter(extension="webp", width__gt=ROW).order_by("pk")
    for name, width in wide.values_list("file", "width").iterator(chunk_size=500):
        if not missing_sizes(name, width or 0):
            continue
        try:
            with default_storage.open(name) as file, _decoding, Image.open(file, formats=["WEBP"]) as picture:
                made += keep_small(picture, name)
        except (OSError, EOFError, ValueError):
            log.warning("picture_unreadable", file=name)
    if made:
        log.info("small_sizes_made", made=made)
    return made


# --- files that nothing needs -----------------------------------------------------------------------


def unreferenced(uploads: models.QuerySet[Upload]) -> models.QuerySet[Upload]:
    """Those of `uploads` to which no row of any app refers."""
    for relation in Upload._meta.get_fields(include_hidden=True):
        if relation.auto_created and relation.is_relation and not relation.concrete:
            rows = relation.related_model._base_manager.filter(**{relation.field.name: OuterRef("pk")})
            uploads = uploads.exclude(Exists(rows))
    return uploads


def discard(uploads: models.QuerySet[Upload]) -> int:
    """Remove unreferenced `uploads`, rows and files; one just come into use stays. Returns how many."""
    gone = 0
    for upload in uploads:
        try:
            with transaction.atomic():
                # Past the collector: it would empty a reference made meanwhile, the database refuses.
                Upload.objects.filter(pk=upload.pk)._raw_delete(uploads.db)
                with transaction.get_connection().cursor() as cursor:
                    cursor.execute("SET CONSTRAINTS ALL IMMEDIATE; SET CONSTRAINTS ALL DEFERRED")
        except IntegrityError:
            continue
        for name in all_sizes(str(upload.file.name)):
            transaction.on_commit(partial(default_storage.delete, name))
        gone += 1
    return gone


def sweep() -> int:
    """Remove what nobody refers to for a day: rows with their files, and files without a row."""
    gone = discard(unreferenced(Upload.objects.filter(at__lt=timezone.now() - ORPHAN_AGE)))
    before = time.time() - ORPHAN_AGE.total_seconds()
    for batch in _old_files(before):
        known = set(Upload.objects.filter(pk__in=batch.values()).values_list("pk", flat=True))
        for path, pk in batch.items():
            if pk not in known:
                path.unlink(missing_ok=True)
                gone += 1
    if gone:
        log.info("uploads_swept", gone=gone)
    return gone


def _old_files(before: float, size: int = 500) -> Iterator[dict[Path, uuid.UUID]]:
    batch: dict[Path, uuid.UUID] = {}
    for folder in ("public", "private"):
        for path in (Path(settings.MEDIA_ROOT) / folder).glob("*/*"):
            with _vanishing():
                if path.stat().st_mtime < before:
                    batch[path] = key_of(path)
            if len(batch) >= size:
                yield batch
                batch = {}
    if batch:
        yield batch


@contextmanager
def _vanishing() -> Iterator[None]:
    """A file may be removed while we look, or bear a name that is not ours."""
    try:
        yield
    except (FileNotFoundError, ValueError):
        return
