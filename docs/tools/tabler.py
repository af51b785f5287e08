"""Cut Tabler's stylesheet down to what the portal uses: static/vendor/tabler/tabler.css.

    npm pack @tabler/core@1.6.1 && tar xf tabler-core-1.6.1.tgz
    python docs/tools/tabler.py package/dist/css/tabler.min.css

Kept whole: the reset, the grid, buttons, forms, tables, pagination, spacing and layout utilities.
Dropped: components that hub.css draws itself, and colour variants. To keep more, add to KEPT, run.
"""

import re
import sys
from collections.abc import Iterator
from pathlib import Path

KEPT = re.compile(
    r"""(?x)
    btn (?:-(?:primary|link|group|close|sm|lg|icon|check))? | active | disabled | show | collapse | collapsing
    | form-(?:control|select|check|label|text|range|floating|switch|fieldset|hint|help|file|selectgroup)(?:-[a-z-]+)?
    | input-(?:group|icon)(?:-[a-z-]+)? | is-(?:in)?valid | (?:in)?valid-feedback | was-validated | required
    | container(?:-[a-z]+)? | row(?:-[a-z-]+)? | col(?:-[a-z0-9-]+)? | offset-[a-z0-9-]+ | g[xy]?-\d
    | table(?:-(?:sm|responsive|hover|active|vcenter|nowrap))? | page-(?:item|link) | pagination | icon
    | d-[a-z0-9-]+ | [mp][trblsexy]?-(?:[a-z]{2,3}-)?(?:\d|auto) | gap-(?:[a-z]{2}-)?\d | (?:row|column)-gap-\d
    | (?:flex|justify-content|align-items|align-self|align-content|order)-[a-z0-9-]+
    | text-(?:start|end|center|nowrap|break|truncate|wrap|reset|lowercase|uppercase|capitalize|decoration-[a-z]+)
    | f[ws]-[a-z0-9-]+ | lh-[a-z0-9]+ | [wh]-\d+ | [mv]?[wh]-100 | overflow-[a-z-]+ | position-[a-z-]+
    | float-[a-z]+ | visually-hidden(?:-focusable)? | list-(?:unstyled|inline(?:-item)?) | small | lead | h[1-6]
    | clearfix | stretched-link | user-select-[a-z]+ | visible | invisible | img-fluid | mark | initialism
    """
)
TARGET = Path(__file__).parent.parent.parent / "static" / "vendor" / "tabler" / "tabler.css"


def blocks(css: str) -> Iterator[tuple[str, str]]:
    """(what stands before the brace, what stands inside it), at this level only."""
    at = 0
    while (opening := css.find("{", at)) >= 0:
        depth, closing = 1, opening
        while depth:
            closing += 1
            depth += {"{": 1, "}": -1}.get(css[closing], 0)
        yield css[at:opening].strip(), css[opening + 1 : closing]
        at = closing + 1


def selectors(group: str) -> list[str]:
    """A selector list, cut at the commas that stand outside brackets."""
    parts, depth, start = [], 0, 0
    for i, letter in enumerate(group):
        depth += {"(": 1, "[": 1, ")": -1, "]": -1}.get(letter, 0)
        if letter == "," and not depth:
            parts.append(group[start:i])
            start = i + 1
    return [*parts, group[start:]]


def wanted(selector: str) -> bool:
    return all(KEPT.fullmatch(name) for name in re.findall(r"\.(-?[A-Za-z_][\w-]*)", selector))


def kept(css: str) -> str:
    out = []
    for head, body in blocks(css):
        if head.startswith(("@media", "@supports", "@layer")):
            inner = kept(body)
            out.append(f"{head}{{{inner}}}" if inner else "")
        elif head.startswith("@"):  # animations, fonts
            out.append(f"{head}{{{body}}}")
        elif left := [selector for selector in selectors(head) if wanted(selector)]:
            out.append(f"{','.join(left)}{{{body}}}")
    return "".join(out)


def without_unused(css: str, ours: str) -> str:
    """Drop variables that nobody reads and animations that nobody plays, until nothing more falls."""
    while True:
        read = set(re.findall(r"var\((--[\w-]+)", css + ours))
        shorter = re.sub(
            r"(--[\w-]+):(?:[^;{}\"']|\"[^\"]*\"|'[^']*')*(?:;|(?=\}))",
            lambda found, read=read: found[0] if found[1] in read else "",
            css,
        )
        for name in re.findall(r"@keyframes ([\w-]+)", shorter):
            if not re.search(rf"animation[\w-]*:[^;}}]*\b{name}\b", shorter + ours):
                shorter = re.sub(rf"@keyframes {name}\{{(?:[^{{}}]*\{{[^{{}}]*\}})*\}}", "", shorter)
        shorter = re.sub(r"(?<=[};{])[^{};]+\{\}", "", shorter)
        if shorter == css:
            return css
        css = shorter


def main(source: Path) -> None:
    css = source.read_text()
    licence = re.search(r"/\*!.*?\*/", css, re.S)
    css = re.sub(r'@charset "UTF-8";|/\*.*?\*/', "", css, flags=re.S)
    ours = "".join(file.read_text() for file in (TARGET.parents[2] / "hub").glob("*.css"))
    result = without_unused(kept(css), ours)
    header = f"{licence[0] if licence else ''}\n/* A part of it: see docs/tools/tabler.py */\n"
    TARGET.write_text(header + result.replace("}", "}\n"))
    print(f"{TARGET.stat().st_size} bytes of {source.stat().st_size}")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
