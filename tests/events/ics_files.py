"""Small calendar files of the shapes that other programs write."""

from __future__ import annotations

MOSCOW = ";TZID=Europe/Moscow"


def vevent(uid: str = "walk@example.org", start: str = f"{MOSCOW}:20270116T150000", **lines: str) -> str:
    """One event of two hours on a Saturday; `lines` are further ones (`_` for `-`), None leaves one out."""
    told = {"UID": uid, "SUMMARY": "Прогулка", f"DTSTART{start}": None, "DURATION": "PT2H"}
    said = [
        f"{name}:{value}" if value is not None else name
        for name, value in told.items()
        if uid or name != "UID"
    ]
    for name, value in lines.items():
        name = name.replace("_", "-").upper()
        said = [line for line in said if line.partition(":")[0].partition(";")[0] != name]
        if value is not None:
            said.append(f"{name}{value}" if value[:1] in ";:" else f"{name}:{value}")
    return "\r\n".join(["BEGIN:VEVENT", *said, "END:VEVENT", ""])


def vcalendar(*events: str, head: str = "") -> bytes:
    inner = "".join(events)
    return f"BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:-//test//RU\r\n{head}{inner}END:VCALENDAR\r\n".encode()
