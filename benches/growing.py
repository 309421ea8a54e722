"""How Lightship grows with its history: start, memory, home page, publishing, sync, month pages, at
100, 1,000, 10,000 and 100,000 incidents. Writes a table and a plot into the documentation if asked."""

import json
import math
import os
import pathlib
import re
import shutil
import statistics
import subprocess
import tempfile
import time
from concurrent.futures import ThreadPoolExecutor

import report
from history import ROOT, Commits, Server, generator_of, make_history, options_of
from publishing import Wire, publish

SIZES = [100, 1_000, 10_000, 100_000]
ROWS = [
    ("start_s", "start to first 200", "s"),
    ("resident_mb", "resident after start", "MB"),
    ("resident_all_mb", "resident after every page", "MB"),
    ("home_kb", "home page, plain", "KB"),
    ("home_ratio", "time of the home page / the sample site's", ""),
    ("month_kb", "largest month page, plain", "KB"),
    ("cold_s", "pages a second of which none is ready", ""),
    ("visible_ms", "publish to visible", "ms"),
    ("sync_s", "sync, nothing changed", "s"),
    ("sync_read_s", "sync that reads every file, nothing changed", "s"),
]
# At most this many pages are requested; if there are more, an even sample.
MOST_PAGES = 70_000
# How many unrendered incident pages are requested, and by how many concurrent readers.
COLD_PAGES, COLD_READERS = 2_000, 16
COLORS = ["#8a6d1f", "#1f6f54", "#2459a9", "#b4410e", "#7a3c97", "#5b6066", "#b7791f", "#a3123f", "#0d7c86",
          "#4a5d23"]


def listed_in(server, sitemap):
    """The paths in a sitemap or in a sitemap index."""
    xml = server.get(sitemap)[1].decode()
    return [re.sub(r"^https?://[^/]*", "", url) or "/" for url in re.findall("<loc>(.*?)</loc>", xml)]


def every_path(server):
    """Every public path: those in the sitemap, and their feeds and data."""
    paths = listed_in(server, "/sitemap.xml")
    if paths and paths[0].startswith("/sitemap-"):
        # A long sitemap is split into parts.
        paths = [path for part in paths for path in listed_in(server, part)]
    feeds = ("feed.rss", "feed.atom", "feed.json")
    for path in list(paths):
        if path.startswith("/incidents/"):
            paths += [path + ".md", path + ".json", *(f"{path}/{feed}" for feed in feeds)]
        elif path.startswith("/components/") and path.count("/") == 2:
            paths += [f"{path}/{feed}" for feed in feeds]
    return paths + ["/" + feed for feed in feeds]


def time_requests(server, connection, count):
    times = []
    for _ in range(count):
        begun = time.perf_counter()
        server.get("/", connection, {"Accept-Encoding": "br"})
        times.append(time.perf_counter() - begun)
    return statistics.median(times)


def compare_home(server, sample, rounds=15, count=200):
    """The time of a home page relative to the sample site's: a median of alternating runs."""
    ways = [(server, server.connect()), (sample, sample.connect())]
    ratios = []
    for _ in range(rounds):
        one, other = (time_requests(*way, count) for way in ways)
        ratios.append(one / other)
    return statistics.median(ratios)


def time_cold(server, paths):
    """Pages per second if several concurrent readers request each page once, and none is ready."""
    # The newest pages are always ready.
    paths = [path for path in paths if path.count("/") == 2 and path.startswith("/incidents/")
             and not path.endswith((".md", ".json"))][40:]
    paths = paths[::max(1, len(paths) // COLD_PAGES)][:COLD_PAGES]

    def read(share):
        connection = server.connect()
        for path in share:
            status, _ = server.get(path, connection, {"Accept-Encoding": "br"})
            if status != 200:
                raise SystemExit(f"{path}: {status}")

    begun = time.perf_counter()
    with ThreadPoolExecutor(COLD_READERS) as readers:
        list(readers.map(read, [paths[first::COLD_READERS] for first in range(COLD_READERS)]))
    return len(paths) / (time.perf_counter() - begun)


def measure(binary, generator, folder, work, size, with_files, sample):
    history = make_history(generator, folder, size)
    server = Server(binary, history, work / f"server-{size}")
    figures = {"incidents": size}
    starts = []
    for _ in range(3):
        starts.append(server.start())
        figures["resident_mb"] = round(server.resident_mb(), 1)
        server.stop()
    figures["start_s"] = round(statistics.median(starts), 3)
    server.start()
    figures["home_kb"] = round(len(server.get("/")[1]) / 1000, 1)
    figures["home_ratio"] = round(compare_home(server, sample), 3)
    paths, connection = every_path(server), server.connect()
    figures["pages"] = len(paths)
    figures["cold_s"] = round(time_cold(server, paths))
    months = [path for path in paths if path.startswith("/history/")]
    paths = paths[::-(-len(paths) // MOST_PAGES)]
    figures["asked"] = len(paths)
    largest = 0
    for path in months + paths:
        status, body = server.get(path, connection)
        if status != 200:
            raise SystemExit(f"{path}: {status}")
        if path.startswith("/history/"):
            largest = max(largest, len(body))
    figures["month_kb"] = round(largest / 1000, 1)
    figures["resident_all_mb"] = round(server.resident_mb(), 1)
    poster, reader = Wire(server), Wire(server)
    slug = server.post("/incidents", {"title": "Published over and over", "markdown": "x"},
                       server.connect())["slug"]
    commits = Commits(work)
    pairs = [(commits.one(), publish(slug, number, poster, reader)[0])
             for number in range(40)]
    figures["commit_ms"] = round(statistics.median(pair[0] for pair in pairs) * 1000, 3)
    figures["visible_ms"] = round(statistics.median(pair[1] for pair in pairs) * 1000, 3)
    server.stop()
    if with_files:
        figures.update(time_sync(binary, generator, folder, work, size))
    shutil.rmtree(server.folder)
    return figures


def time_sync(binary, generator, folder, work, size):
    """Seconds for syncs that find no changes: the first one reads every file, the others only hash
    them."""
    content = folder / f"files-{size}"
    if not content.exists():
        part = content.with_suffix(".part")
        shutil.rmtree(part, ignore_errors=True)
        subprocess.run([generator, "--content", str(part), "--incidents", str(size)], check=True)
        part.rename(content)
    command = [binary, "sync"]
    environment = {**os.environ, "LIGHTSHIP_CONTENT": str(content),
                   "LIGHTSHIP_DATABASE": f"sqlite:{work}/sync-{size}.db"}

    def once():
        begun = time.perf_counter()
        subprocess.run(command, check=True, capture_output=True, env=environment)
        return time.perf_counter() - begun

    once()
    reading = once()
    return {"sync_read_s": round(reading, 3),
            "sync_s": round(statistics.median(once() for _ in range(3)), 3)}


def table(rows):
    lines = []
    for key, name, unit in ROWS:
        cells = [f"{row[key]:g} {unit}".strip() if key in row else "–" for row in rows]
        lines.append([name, *cells])
    return report.table(["", *(f"{row['incidents']:,}" for row in rows)], lines)


def plot(rows):
    """Each figure relative to its value for the smallest history, with logarithmic axes."""
    width, height, left, bottom, right, top = 820, 420, 60, 50, 310, 20
    sizes = [row["incidents"] for row in rows]
    values = {key: [(row["incidents"], row[key] / rows[0][key]) for row in rows if row.get(key)]
              for key, _, _ in ROWS if rows[0].get(key)}
    every = [value for points in values.values() for _, value in points]
    low, high = math.floor(math.log10(min(every))), max(1, math.ceil(math.log10(max(every))))
    span = math.log10(sizes[-1] / sizes[0]) or 1

    def x(size):
        return left + (width - left - right) * math.log10(size / sizes[0]) / span

    def y(value):
        return height - bottom - (height - top - bottom) * (math.log10(value) - low) / (high - low)

    out = [f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" '
           'font-family="system-ui, sans-serif" font-size="13">',
           '<title>How each figure grows with the number of incidents, relative to the smallest '
           'history</title>', f'<rect width="{width}" height="{height}" fill="#fffdf8"/>']
    for power in range(low, high + 1):
        at = y(10 ** power)
        out.append(f'<path d="M{left} {at:.1f}H{width - right}" stroke="#ddd6c8"/>')
        out.append(f'<text x="{left - 8}" y="{at + 4:.1f}" text-anchor="end">× {10 ** power:g}</text>')
    for size in sizes:
        out.append(f'<text x="{x(size):.1f}" y="{height - bottom + 20}" text-anchor="middle">'
                   f'{size:,}</text>')
    out.append(f'<text x="{(left + width - right) / 2}" y="{height - 8}" '
               'text-anchor="middle">incidents</text>')
    ends = []
    for (key, name, _), color in zip(ROWS, COLORS, strict=True):
        points = values.get(key)
        if not points:
            continue
        line = " ".join(f"{x(size):.1f},{y(value):.1f}" for size, value in points)
        out.append(f'<polyline points="{line}" fill="none" stroke="{color}" stroke-width="2"/>')
        ends.append([y(points[-1][1]), name, color])
    ends.sort()
    for place, (at, name, color) in enumerate(ends):
        # Overlapping labels are moved apart.
        at = max(at, ends[place - 1][0] + 16) if place else at
        ends[place][0] = at
        out.append(f'<text x="{width - right + 8}" y="{at + 4:.1f}" fill="{color}">{name}</text>')
    return "\n".join(out) + "\n</svg>\n"


def main():
    parser = options_of(__doc__)
    parser.add_argument("--sizes", type=int, nargs="+", default=SIZES)
    parser.add_argument("--no-files", action="store_true", help="leave the sync out")
    options = parser.parse_args()
    binary = pathlib.Path(options.lightship).resolve()
    generator = generator_of(binary)
    folder = pathlib.Path(options.histories)
    folder.mkdir(parents=True, exist_ok=True)
    facts, rows = report.machine(), []
    with tempfile.TemporaryDirectory(dir=folder) as beside:
        sample = Server(binary, None, pathlib.Path(beside) / "sample", ROOT / "content")
        sample.start()
        time.sleep(5)
        sample_mb = round(sample.resident_mb(), 1)
        for size in options.sizes:
            with tempfile.TemporaryDirectory(dir=folder) as work:
                with_files = not options.no_files and size <= 10_000
                rows.append(measure(binary, generator, folder, pathlib.Path(work), size,
                                    with_files, sample))
            print(json.dumps(rows[-1]), flush=True)
        sample.stop()
    said = (f"{report.said(facts)} Of more than {MOST_PAGES:,} pages so many were asked for, evenly "
            f"spread. With the sample site, {sample_mb} MB are resident.")
    print(table(rows), said, sep="\n\n")
    if options.json:
        report.write_json(options.json, {**facts, "sample_mb": sample_mb, "sizes": rows})
    if options.document:
        (ROOT / "docs" / "growing.svg").write_text(plot(rows))
        picture = "![How each figure grows, relative to the smallest history](growing.svg)"
        report.write_block(options.document, "growing", f"{said}\n\n{table(rows)}\n\n{picture}")


if __name__ == "__main__":
    main()
