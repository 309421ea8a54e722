"""Telling 50,000 subscribers of an update: how long it takes, beside a bare lettre loop that hands
as many messages to the same mail server over as many connections; memory; and what staff and readers
notice of it. The mail server is smtp-sink (of Debian's postfix) on the other core."""

import json
import os
import pathlib
import re
import socket
import sqlite3
import statistics
import subprocess
import tempfile
import threading
import time

import report
from history import ROOT, Server, options_of

CONNECTIONS = 16


def bare_lettre():
    """The reference, built if it is missing."""
    built = subprocess.run(["cargo", "build", "--release", "--locked", "--bench", "bare_lettre",
                            "--message-format=json"], check=True, cwd=ROOT, capture_output=True)
    found = [json.loads(line).get("executable") for line in built.stdout.splitlines()]
    return [path for path in found if path and "bare_lettre" in path][-1]


class Sink:
    """A mail server that takes everything and keeps nothing."""

    def __init__(self, *options):
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.port = probe.getsockname()[1]
        # It refuses to run as root.
        user = ["-u", "nobody"] if os.getuid() == 0 else []
        # It shares its core with the clients that measure, and they go first: a mail server of its
        # own wouldn't hold them up.
        self.process = subprocess.Popen(
            ["taskset", "-c", "1", "nice", "-n", "19", "smtp-sink", *user, *options, f"127.0.0.1:{self.port}", "256"],
            stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        time.sleep(0.5)

    def stop(self):
        self.process.terminate()
        self.process.wait()


class MailingServer(Server):
    """Lightship with subscribers, on the first core."""

    def __init__(self, binary, folder, sink, subscribers):
        super().__init__(binary, None, folder)
        (self.content / "site.toml").write_text(
            'name = "Long history"\ntime_zone = "America/Denver"\n'
            '[[components]]\nslug = "selma"\nname = "Selma"\n'
            '[delivery]\nfrom = "status@example.com"\ndelay = "0s"\n')
        self.sink = sink
        self.subscribe(subscribers)

    def subscribe(self, count):
        """Adds confirmed subscribers who follow everything."""
        now = int(time.time() * 1000)
        database = sqlite3.connect(self.database)
        with database:
            database.executemany(
                "insert into subscribers (id, channel, address, address_key, everything, incidents, "
                "maintenance, changes, created_at_ms, confirmed_at_ms, refusals, consent) values "
                "(?, 'email', ?, ?, 'yes', 'yes', 'yes', 'no', ?, ?, 0, 'confirmed')",
                ((f"01939d5e-7b1c-7000-8000-{number:012x}", f"reader{number}@example.com",
                  f"reader{number}@example.com", now, now) for number in range(count)))
        database.close()

    def start(self):
        os.environ["LIGHTSHIP_SMTP"] = f"smtp://127.0.0.1:{self.sink.port}"
        os.environ["LIGHTSHIP_SMTP_CONNECTIONS"] = str(CONNECTIONS)
        seconds = super().start()
        # It has chosen its threads by then, as it would without being pinned.
        subprocess.run(["taskset", "-a", "-p", "-c", "0", str(self.process.pid)],
                       stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        return seconds

    def left(self):
        """How many messages are still to be sent."""
        database = sqlite3.connect(f"file:{self.database}?mode=ro", uri=True, timeout=30)
        waiting = database.execute("select count(*) from outbox where status = 'waiting'")
        due = database.execute("select count(*) from deliveries where next_at_ms is not null")
        left = waiting.fetchone()[0] + due.fetchone()[0]
        database.close()
        return left


def fan_out(server, slug, connection, text):
    """Posts an update and waits until everybody was told. Returns the seconds, the most memory, and
    for how long a post took to be visible and how many pages were read meanwhile."""
    stop, peak, pages = threading.Event(), [0.0], [0]

    def watch():
        while not stop.wait(0.2):
            peak[0] = max(peak[0], server.resident_mb())

    threads = [threading.Thread(target=watch)]
    for thread in threads:
        thread.start()
    begun = time.perf_counter()
    server.post(f"/incidents/{slug}/updates", {"markdown": text}, connection)
    visible = publish_often(server, slug, connection, text)
    while server.left():
        time.sleep(0.2)
    seconds = time.perf_counter() - begun
    stop.set()
    for thread in threads:
        thread.join()
    return seconds, peak[0], visible


def reading(server, seconds=5):
    """Requests a second for the home page, from as many readers as the server can bear. The load
    generator shares the mail server's core."""
    said = subprocess.run(["taskset", "-c", "1", "wrk", "-t1", "-c64", f"-d{seconds}s", f"http://127.0.0.1:{server.port}/"],
                          check=True, capture_output=True, text=True).stdout
    return float(re.search(r"Requests/sec:\s+([0-9.]+)", said).group(1))


def reading_during(server, slug, connection, text):
    """As `reading`, while subscribers are told of another update."""
    server.post(f"/incidents/{slug}/updates", {"markdown": text}, connection)
    time.sleep(0.5)
    rate = reading(server)
    if not server.left():
        raise SystemExit("everybody was told before reading was measured")
    return rate


def publish_often(server, slug, connection, text):
    """Posts four times a second, and returns for how long each took to be visible."""
    visible = []
    for number in range(20):
        time.sleep(0.25)
        visible.append(publish(server, slug, connection, f"{text} {number}"))
    return visible


def publish(server, slug, connection, marker):
    """Seconds from a quiet post until the home page shows it."""
    begun = time.perf_counter()
    server.post(f"/incidents/{slug}/updates", {"markdown": marker, "notify": False}, connection)
    while marker.encode() not in server.get("/", connection)[1]:
        time.sleep(0.0005)
    return time.perf_counter() - begun


def main():
    parser = options_of(__doc__)
    parser.add_argument("--subscribers", type=int, default=50_000)
    parser.add_argument("--reference", help="the bare loop, if it is built already")
    options = parser.parse_args()
    facts, reference = report.machine(), options.reference or bare_lettre()
    rows, figures = [], []
    with tempfile.TemporaryDirectory() as folder:
        body = pathlib.Path(folder) / "body"
        body.write_text("Mail on Selma works again, in both directions, while her accounts are "
                        "still being copied to new hardware. " * 3)
        for name, sink_options in [("no delay", []), ("2 s for one in a hundred",
                                                      ["-W", ".:2:1"])]:
            sink = Sink(*sink_options)
            alone = subprocess.run(
                ["taskset", "-c", "0", reference, str(sink.port), str(options.subscribers),
                 str(CONNECTIONS), body], check=True, capture_output=True, text=True)
            alone = float(alone.stdout)
            server = MailingServer(options.lightship, pathlib.Path(folder) / "s", sink,
                                   options.subscribers)
            server.start()
            os.sched_setaffinity(0, {1})
            connection = server.connect()
            made = server.post("/incidents", {"title": "Selma is down", "notify": False,
                                              "components": {"selma": "major_outage"}}, connection)
            calm = publish_often(server, made["slug"], connection, "Calm")
            before = server.resident_mb()
            seconds, peak, during = fan_out(server, made["slug"], connection, body.read_text())
            read_calm = reading(server)
            read_during = reading_during(server, made["slug"], connection, "Nearly there.")
            server.stop()
            sink.stop()
            os.sched_setaffinity(0, {0, 1})
            rate, bare_rate = options.subscribers / seconds, options.subscribers / alone
            figure = {
                "sink": name, "seconds": seconds, "rate": rate, "bare_rate": bare_rate,
                "ratio": rate / bare_rate, "memory_before_mb": before, "memory_peak_mb": peak,
                "visible_calm_ms": statistics.median(calm) * 1000,
                "visible_during_ms": statistics.median(during) * 1000,
                "read_calm": read_calm, "read_during": read_during,
            }
            figures.append(figure)
            print(figure, flush=True)
            rows.append([name, f"{seconds:.1f} s", f"{rate:,.0f}", f"{bare_rate:,.0f}",
                         f"{rate / bare_rate:.2f}", f"{before:.0f} → {peak:.0f} MB",
                         f"{figure['visible_calm_ms']:.1f} → {figure['visible_during_ms']:.1f} ms",
                         f"{read_calm / 1000:.1f} → {read_during / 1000:.1f} thousand"])
    text = report.said(facts) + "\n\n" + report.table(
        ["Mail server", f"{options.subscribers:,} told in", "Messages a second", "Bare lettre",
         "Ratio", "Memory", "Publish to visible", "Pages read a second"], rows)
    print(text)
    if options.document:
        report.write_block(options.document, "delivery", text)
    if options.json:
        report.write_json(options.json, {"machine": facts, "figures": figures})


if __name__ == "__main__":
    main()
