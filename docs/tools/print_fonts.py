"""Build static/vendor/golos-text/ttf from the web font: typst reads neither WOFF2 nor variable fonts.

pip install fonttools brotli && python docs/tools/print_fonts.py
"""

import tempfile
from pathlib import Path

from fontTools.merge import Merger, Options
from fontTools.ttLib import TTFont
from fontTools.varLib import instancer

HOME = Path(__file__).parent.parent.parent / "static" / "vendor" / "golos-text"
SUBSETS = ("cyrillic", "latin", "cyrillic-ext", "latin-ext")
FAMILY = "Golos Text"


def part(subset: str, weight: int, folder: Path) -> str:
    font = TTFont(HOME / "files" / f"golos-text-{subset}-wght-normal.woff2")
    font.flavor = None
    font = instancer.instantiateVariableFont(font, {"wght": weight})
    for table in ("GSUB", "GDEF", "STAT"):
        if table in font:
            del font[table]
    file = folder / f"{subset}-{weight}.ttf"
    font.save(file)
    return str(file)


def build(style: str, weight: int) -> None:
    with tempfile.TemporaryDirectory() as folder:
        parts = [part(subset, weight, Path(folder)) for subset in SUBSETS]
        font = Merger(options=Options(drop_tables=["GSUB", "GDEF"])).merge(parts)
    names = {1: FAMILY, 16: FAMILY, 2: style, 17: style, 4: f"{FAMILY} {style}", 6: f"GolosText-{style}"}
    for record in font["name"].names:
        record.string = names.get(record.nameID, record.string)
    font["OS/2"].usWeightClass = weight
    if style == "Bold":
        font["OS/2"].fsSelection = (font["OS/2"].fsSelection & ~0x40) | 0x20
        font["head"].macStyle = 1
    font.save(HOME / "ttf" / f"GolosText-{style}.ttf")


if __name__ == "__main__":
    build("Regular", 400)
    build("Bold", 700)
