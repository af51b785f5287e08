"""Measure and print the ratios of docs' promises: `python -m bench [--seconds 0.7] [--rounds 5] [--explain]`."""

from __future__ import annotations

import argparse
import json
import os
import statistics
import subprocess
import sys
import time
from contextlib import ExitStack
from pathlib import Path

import psycopg

from bench.census import census
from bench.load import Measure, Target, WrongAnswer, ask, measure
from bench.pages import BARE, CACHED, OF_F0, SLUGS, UNCHANGED, WHOLE, pages
from bench.servers import Server, copy_of, database, environment, python, serving, url_of
from bench.words import COMMON
from hub.devservices import ROOT, Services, data_directory, services, terminal

Key = tuple[str, str, bool]  # page, size, cached


def median(measures: list[Measure]) -> Measure:
    return Measure(
        *(
            statistics.median(values)
            for values in zip(*((m.rate, m.portal, m.database) for m in measures), strict=True)
        )
    )


def listed(server: Server) -> list[str]:
    return [slug for slug in SLUGS if ask(server, f"/communities/{slug}/", {})[0] == 200][:60]


class Bench:
    """Servers of both sizes, with and without the public cache, measured in interleaved rounds."""

    def __init__(self, running: Services, data: Path, options: argparse.Namespace, stack: ExitStack) -> None:
        self.running, self.data, self.options, self.stack = running, data, options, stack
        self.databases = {size: database(running, size, data) for size in ("S", "L")}
        python(
            ["manage.py", "collectstatic", "--noinput", "--verbosity=0"],
            environment(running, self.databases["S"], data),
        )
        self.sessions = {
            size: python(["-m", "bench.generate", "session"], environment(running, name, data))
            for size, name in self.databases.items()
        }
        self.servers: dict[tuple[str, bool], Server] = {}
        for number, (size, cached) in enumerate(
            [("S", False), ("L", False), ("S", True), ("L", True)], start=1
        ):
            self.servers[size, cached] = stack.enter_context(
                serving(running, self.databases[size], data, cached=cached, number=number)
            )
        self.plan: dict[Key, Target] = {}
        self.sizes: dict[Key, int] = {}
        for (size, cached), server in self.servers.items():
            self._plan(server, size, cached)

    def _plan(self, server: Server, size: str, cached: bool) -> None:
        for target in pages(listed(server), self.sessions[size]):
            if cached and target.name not in CACHED:
                continue
            status, body, _headers = ask(server, target.paths[0], target.headers)
            if status != 200:
                sys.stderr.write(f"{target.name} ({size}): ответ {status}, не измеряется\n")
                continue
            self.plan[target.name, size, cached] = target
            self.sizes[target.name, size, cached] = len(body)
            if not cached:
                self.plan[f"F0 {len(body)}", size, False] = Target("F0", (f"/bench/constant/{len(body)}/",))
        if cached:
            for name, path in UNCHANGED.items():
                path = path or f"/communities/{listed(server)[0]}/"
                _status, _body, got = ask(server, path, {})
                if "etag" in got:
                    target = Target(f"304 {name}", (path,), {"If-None-Match": got["etag"]}, 304)
                    self.plan[target.name, size, True] = target
                    self.plan["F0 0", size, False] = Target("F0", ("/bench/constant/0/",))
        else:
            for name, (path, _promised) in BARE.items():
                self.plan[f"F! {name}", size, False] = Target(name, (path,))

    def run(self) -> dict[Key, Measure]:
        found: dict[Key, list[Measure]] = {key: [] for key in self.plan}
        for number in range(self.options.rounds + 1):
            for key, target in self.plan.items():
                _name, size, cached = key
                try:
                    one = measure(
                        self.servers[size, cached], target, self.options.seconds if number else 0.15
                    )
                except WrongAnswer as error:
                    sys.exit(str(error))
                if number:  # the first round only warms up
                    found[key].append(one)
            sys.stderr.write(f"круг {number} из {self.options.rounds}\n")
        return {key: median(measures) for key, measures in found.items()}

    def sql(self, size: str) -> dict[str, dict]:
        paths = {
            target.name: target.paths[0]
            for (_n, s, cached), target in self.plan.items()
            if s == size and not cached
        }
        wanted = {name: path for name, path in paths.items() if not path.startswith("/bench/")}
        env = environment(self.running, self.databases[size], self.data)
        answers = json.loads(python(["-m", "bench.sql", self.sessions[size], *wanted.values()], env))
        return {name: answers[path] for name, path in wanted.items()}

    def plain_rank(self, also: str = "") -> tuple[float, int]:
        """Milliseconds of a plain ts_rank over all matches of the common word, and how many these are.

        `also` narrows the matches to one branch, as the portal's own search does.
        """
        found = (
            f"communities_censusrecord, (SELECT to_tsquery('simple', '{also}') && to_tsquery('russian', %s) q) asked"
            " WHERE state IN ('approved', 'imported') AND search @@ q"
        )
        with psycopg.connect(url_of(self.running, self.databases["L"])) as connection:
            best = 1e9
            for _attempt in range(5):
                started = time.perf_counter()
                connection.execute(
                    f"SELECT id FROM {found} ORDER BY ts_rank(search, q) DESC LIMIT 24", [COMMON]
                ).fetchall()
                best = min(best, time.perf_counter() - started)
            matches = connection.execute(f"SELECT count(*) FROM {found}", [COMMON]).fetchone()
        return 1000 * best, matches[0] if matches else 0

    def importing(self) -> list[list[str]]:
        """An import of a national census into an empty country, its repeat, and an import into L."""
        file = self.data / "census.csv"
        file.write_bytes(census())
        empty = database(self.running, "empty", self.data)
        rows = [["импорт переписи", "секунд", "из них ЦП", "пик МБ", "итог"]]
        for source, times in ((empty, ("в пустую страну", "повтор")), (self.databases["L"], ("в L",))):
            with copy_of(self.running, source) as name:
                env = environment(self.running, name, self.data)
                rows += [[what, *_timed(["manage.py", "import_census", str(file)], env)] for what in times]
        return rows


def _timed(arguments: list[str], env: dict[str, str]) -> list[str]:
    """Seconds, processor seconds of the program itself, its peak of memory, its last words."""
    started = time.monotonic()
    process = subprocess.Popen(
        [sys.executable, *arguments], cwd=ROOT, env=env, stdout=subprocess.PIPE, text=True
    )
    assert process.stdout
    output = process.stdout.read()
    _pid, process.returncode, usage = os.wait4(process.pid, 0)
    if process.returncode:
        sys.exit(f"import_census: {process.returncode}\n{output[-2000:]}")
    took, worked = time.monotonic() - started, usage.ru_utime + usage.ru_stime
    return [f"{took:.1f}", f"{worked:.1f}", str(usage.ru_maxrss // 1024), output.strip().rsplit("\n", 1)[-1]]


# --- what is printed -------------------------------------------------------------------------------


def table(rows: list[list[str]]) -> None:
    widths = [max(len(row[place]) for row in rows) for place in range(len(rows[0]))]
    for number, row in enumerate(rows):
        cells = [
            cell.ljust(w) if place == 0 else cell.rjust(w)
            for place, (cell, w) in enumerate(zip(row, widths, strict=True))
        ]
        print("  ".join(cells).rstrip())
        if number == 0:
            print("  ".join("-" * width for width in widths))
    print()


def report(
    bench: Bench, found: dict[Key, Measure], queries: dict[str, dict[str, dict]]
) -> list[tuple[str, str, bool]]:
    """Print the ratios; return the promises: what, measured, does it hold."""
    promises: list[tuple[str, str, bool]] = []
    names = [name for name, size, cached in bench.plan if size == "S" and not name.startswith(("F0", "F!"))]
    rows = [
        [
            "страница",
            "S з/с",
            "L з/с",
            "S мс ЦП",
            "L мс ЦП",
            "из них БД",
            "L/S",
            "к F0: з/с",
            "к F0: ЦП",
            "SQL, мс",
            "SQL",
        ]
    ]
    for name in dict.fromkeys(names):
        for cached in (False, True):
            if (name, "S", cached) not in found or (name, "L", cached) not in found:
                continue
            small, large = found[name, "S", cached], found[name, "L", cached]
            floor = found[f"F0 {bench.sizes.get((name, 'L', False), 0)}", "L", False]
            grows = large.cpu / small.cpu
            own = queries["L"].get(name, {}) if not cached else {}
            rows.append([
                name + (" (из кэша)" if cached and not name.startswith("304") else ""),
                f"{small.rate:.0f}", f"{large.rate:.0f}", f"{small.cpu:.2f}", f"{large.cpu:.2f}", f"{large.database:.2f}",
                f"{grows:.2f}", f"{large.rate / floor.rate:.2f}", f"{floor.cpu / large.cpu:.2f}",
                f"{own['ms']:.2f}" if own else "", str(own["queries"]) if own else "",
            ])  # fmt: skip
            shown = name + (", кэш" if cached else "")
            if not name.startswith("304") and name not in WHOLE:
                promises.append((f"22. {shown}: L ≤ 1,5 × S", f"{grows:.2f}", grows <= 1.5))
            ratio = floor.cpu / large.cpu
            both = f"{ratio:.2f} (з/с {large.rate / floor.rate:.2f})"
            if name in OF_F0:
                wanted = OF_F0[name][cached]
                promises.append((f"23. {shown}: ≥ {wanted} × F0", both, ratio >= wanted))
            if name.startswith("304"):
                promises.append((f"23. {name}: ≥ 0,5 × F0", both, ratio >= 0.5))
            if own and not cached:
                most = 3 if name.startswith("JSON") else 12
                promises.append(
                    (f"21. {name}: запросов ≤ {most}", str(own["queries"]), own["queries"] <= most)
                )
    table(rows)
    for name, (_path, wanted) in BARE.items():
        for size in ("S", "L") if name in WHOLE else ("L",):
            ours, floor = found[name, size, False], found[f"F! {name}", size, False]
            ratio = floor.cpu / ours.cpu
            print(
                f"{name} ({size}): {ours.rate:.0f} з/с, {ours.cpu:.2f} мс ЦП; голыми руками {floor.rate:.0f} з/с,"
                f" {floor.cpu:.2f} мс ЦП: {ratio:.2f}"
            )
            both = f"{ratio:.2f} (з/с {ours.rate / floor.rate:.2f})"
            promises.append((f"23. {name} ({size}): ≥ {wanted} того же голыми руками", both, ratio >= wanted))
    print()
    page = found["сообщество", "L", False].cpu
    for name in ("поиск: редкое слово", "поиск: опечатка"):
        ratio = found[name, "L", False].cpu / page
        promises.append((f"24. {name}: ≤ 3 × страницы сообщества", f"{ratio:.2f}", ratio <= 3))
    (plain, matches), (near, near_matches) = bench.plain_rank(), bench.plain_rank("branch1")
    sought = queries["L"]["поиск: частое слово"]["ms"]
    print(
        f"Частое слово, ts_rank по всем: {matches} записей страны — {plain:.1f} мс, {near_matches} своего отделения —"
        f" {near:.1f} мс; весь SQL страницы — {sought:.1f} мс\n"
    )
    promises.append(
        ("24. частое слово: вдвое быстрее ts_rank по всем", f"{plain / sought:.1f}", plain / sought >= 2)
    )
    return promises


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m bench")
    parser.add_argument(
        "--seconds", type=float, default=0.5, help="сколько мерить каждую страницу в каждом круге"
    )
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--explain", action="store_true", help="показать планы медленных запросов")
    parser.add_argument("--no-import", action="store_true", help="не мерить импорт переписи")
    options = parser.parse_args()
    data = data_directory() / "bench"
    data.mkdir(parents=True, exist_ok=True)
    with terminal(), ExitStack() as stack:
        running = stack.enter_context(services(data))
        with ExitStack() as servers:
            bench = Bench(running, data, options, servers)
            found = bench.run()
        queries = {size: bench.sql(size) for size in ("S", "L")}
        promises = report(bench, found, queries)
        for name, own in queries["L"].items():
            for took, sql, plan in own["slow"]:
                print(f"{name}: {took:.1f} мс  {sql[:200]}…")
                if options.explain:
                    print(plan, "\n")
        print()
        if not options.no_import:
            table(bench.importing())
        rows = [["обещание", "вышло", ""]]
        rows += [
            [what, value, "да" if holds else "НЕТ"]
            for what, value, holds in sorted(promises, key=lambda p: p[0])
        ]
        table(rows)


if __name__ == "__main__":
    main()
