"""Build static/hub/sprite.svg from Tabler Icons.

    npm pack @tabler/icons@3.51.0 && tar xf tabler-icons-3.51.0.tgz
    python docs/tools/sprite.py package/icons/outline

Add a name to ICONS, run, commit the sprite.
"""

import re
import sys
from pathlib import Path

ICONS = """
    accessible adjustments-horizontal alert-circle alert-triangle archive arrow-back-up arrow-down
    arrow-left arrow-right arrow-up arrows-sort ban bell bell-off brand-telegram brand-vk
    brand-whatsapp brand-youtube bulb calendar calendar-event calendar-plus camera chart-bar check
    chevron-down chevron-left chevron-right chevron-up circle-check circle-dashed circle-x
    clipboard-check clock cloud-check cloud-off cloud-upload coins columns compass contrast-2 copy
    crop current-location device-floppy device-mobile door dots dots-vertical download edit
    external-link eye eye-off file file-spreadsheet file-text filter filter-off fingerprint flag
    forms gavel gift git-merge hand-stop heart-handshake help-circle history home hourglass inbox
    info-circle key keyboard language layout-grid letter-spacing link list login logout mail map
    map-2 map-pin map-pin-plus menu-2 message-circle microphone-2 minus moon package palette
    paperclip pencil phone photo photo-off photo-plus player-play plug plus point printer qrcode
    refresh rocket rss scan-eye school search send settings share share-2 shield shield-check
    sort-ascending sort-descending sparkles speakerphone sun table-export table-import tag text-size
    tool tools topology-star-3 trash tree trending-down trending-up trophy upload user user-check
    user-circle user-plus user-x users users-group walk world x zoom-in zoom-out
"""

# The mark: three contour lines around a point. Its colours, --lg-3 … --lg-0, come from the page.
MARK = Path(__file__).with_name("mark.svg")
FRAME = '<path stroke="none" d="M0 0h24v24H0z" fill="none"/>'
SPRITE = Path(__file__).parent.parent.parent / "static" / "hub" / "sprite.svg"


def symbol(path: Path) -> str:
    drawn = re.sub(r"<!--.*?-->", "", path.read_text(), flags=re.S)
    inner = re.search(r"<svg[^>]*>(.*)</svg>", drawn, re.S)
    if inner is None:
        raise SystemExit(f"{path} is not a picture")
    shapes = re.sub(r"\s*\n\s*", "", inner[1]).replace(
        '<path stroke="none" d="M0 0h24v24H0z" fill="none"/>', ""
    )
    return f'<symbol id="i-{path.stem}" viewBox="0 0 24 24">{shapes.replace(" />", "/>")}</symbol>'


def main(folder: Path) -> None:
    symbols = [MARK.read_text().strip(), *(symbol(folder / f"{name}.svg") for name in ICONS.split())]
    SPRITE.write_text('<svg xmlns="http://www.w3.org/2000/svg">\n' + "\n".join(symbols) + "\n</svg>\n")
    print(f"{len(symbols)} symbols, {SPRITE.stat().st_size} bytes")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
