"""The small sizes of a picture, for cards and lists: files beside the whole one, under names made from its name.

Whether there are any is asked of the disk. So whoever carries the name of a picture — a row of a list, a date
of the calendar — has all that it takes, and a picture without a small size is shown whole.
"""

from __future__ import annotations

import os
import uuid
from io import BytesIO
from pathlib import Path

from django.conf import settings
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from PIL import Image

#: How wide the picture of a card is, and that of a row or of a gallery, which show it 4 to 10 rem wide.
#: A picture that is no wider needs no second file.
CARD, ROW = WIDTHS = 640, 240
QUALITY = 65


def sized(name: str, width: int) -> str:
    """Where the file `name` is in this width, if it is."""
    stem, extension = os.path.splitext(name)
    return f"{stem}-{width}{extension}"


def small(name: str, width: int = CARD) -> str:
    """The file to show where `width` is enough: it in this width, or `name` itself."""
    smaller = sized(name, width)
    return smaller if os.path.exists(os.path.join(settings.MEDIA_ROOT, smaller)) else name


def all_sizes(name: str) -> list[str]:
    """Every name that a file of the picture `name` may have."""
    return [name, *(sized(name, width) for width in WIDTHS)]


def key_of(path: Path) -> uuid.UUID:
    """The key of the row to which a file of any size belongs. Raises ValueError for a name that is not ours."""
    return uuid.UUID(path.stem.partition("-")[0])


def missing_sizes(name: str, width: int) -> list[int]:
    """The widths in which the picture `name`, itself this wide, should be there and is not."""
    return [one for one in WIDTHS if one < width and small(name, one) == name]


def keep_small(picture: Image.Image, name: str) -> int:
    """Put what is missing beside the whole `picture`, which is at `name`. Returns how many files."""
    missing = missing_sizes(name, picture.width)
    for width in missing:
        size = width, max(1, round(picture.height * width / picture.width))
        content = BytesIO()
        smaller = picture.resize(size, Image.Resampling.LANCZOS, reducing_gap=2.0)
        smaller.save(content, "WEBP", quality=QUALITY, method=4)
        # Browsers keep what they got for ever: under its name the file must appear all at once.
        unseen = f"{Path(name).parent}/{uuid.uuid4().hex}.webp"
        unseen = default_storage.save(unseen, ContentFile(content.getvalue()))
        os.replace(default_storage.path(unseen), default_storage.path(sized(name, width)))
    return len(missing)
