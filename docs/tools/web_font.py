"""Build the part of Golos Text's Latin that Russian pages need: digits, signs and letters without accents.

    pip install fonttools brotli
    python docs/tools/web_font.py

The whole Latin file is fetched only by a page that has a letter with an accent.
"""

from pathlib import Path

from fontTools import subset

FILES = Path(__file__).parent.parent.parent / "static" / "vendor" / "golos-text" / "files"
#: The same as in index.css.
RANGES = (
    "U+0020-007E,U+00A0,U+00A9,U+00AB,U+00B0,U+00B2,U+00B7,U+00BB,U+00D7,U+2009,U+2013-2014,U+2018-201E,U+2022,"
    "U+2026,U+2039-203A,U+2191,U+2193,U+2212"
)

if __name__ == "__main__":
    subset.main(
        [
            str(FILES / "golos-text-latin-wght-normal.woff2"),
            f"--output-file={FILES / 'golos-text-basic-wght-normal.woff2'}",
            f"--unicodes={RANGES}",
            "--layout-features=*",
            "--flavor=woff2",
        ]
    )
