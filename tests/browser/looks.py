"""What axe and the eye find on a page, in both themes, narrow and wide."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from axe_playwright_python.sync_playwright import Axe

#: Put the theme on and let every colour arrive: contrast is not measured half-way.
SWITCH = """async theme => {
  document.documentElement.setAttribute("data-bs-theme", theme)
  await new Promise(requestAnimationFrame)
  document.getAnimations().forEach(animation => animation.finish())
}"""
#: What axe asks in each theme: a theme changes colours alone.
COLOURS = {"runOnly": {"type": "rule", "values": ["color-contrast", "link-in-text-block"]}}
FAULTS = {"resultTypes": ["violations"]}  # what is right need not be told
RULES = {"light": FAULTS, "dark": FAULTS | COLOURS}
VIOLATIONS = "async rules => (await axe.run(rules)).violations"
WIDER = "document.documentElement.scrollWidth - document.documentElement.clientWidth"
#: Colours are of a theme and of a width as well: wide tables, bars and steps have their own. The order in
#: which least is drawn anew: a new theme costs more than a new width.
LOOKS = [(320, "light"), (1280, "light"), (1280, "dark"), (320, "dark")]


def faults_of(page: Any) -> Iterator[str]:
    """What is wrong with the page as it stands."""
    page.evaluate(Axe().axe_script)
    for width, theme in LOOKS:
        page.set_viewport_size({"width": width, "height": 800})
        page.evaluate(SWITCH, theme)
        for violation in page.evaluate(VIOLATIONS, RULES[theme]):
            targets = [node["target"] for node in violation["nodes"]][:3]
            yield f"{width} {theme}: axe {violation['id']} at {targets}"
        if (wider := page.evaluate(WIDER)) > 0:
            yield f"{width} {theme}: {wider}px wider than the screen"
