"""The activity log of long histories: the time for a page of a hundred entries by incident, by
component, by actor and without a filter, and how it grows with the log."""

import argparse
import pathlib
import socket
import sqlite3
import statistics
import subprocess
import tempfile
import time
import urllib.request

import report

SITE = 'name = "Long"\ntime_zone = "UTC"\n[[components]]\nslug = "selma"\nname = "Selma"\n' \
       '[[components]]\nslug = "nelson"\nname = "Nelson"\n'
UPDATES = 3
ASKED = [("everything", ""), ("by incident", "&incident=incident-7"),
         ("by component", "&component=selma"), ("by actor", "&actor=ann"),
         ("by incident and actor", "&incident=incident-7&actor=ann"),
         ("one day of long ago", "&day=2000-01-03")]


def fill(database, incidents):
    """Adds incidents with updates, and an entry of the activity log for each of them."""
    db = sqlite3.connect(database)
    has_subjects = db.execute(
        "select count(*) from sqlite_master where name = 'audit_subjects'").fetchone()[0]
    number = 0

    def line(kind, entity, incident, at, action):
        nonlocal number
        number += 1
        audit = f"00000000-0000-7000-8000-{number:012d}"
        actor = "ann" if number % 50 == 0 else "bob"
        db.execute("insert into audit values (?,?,?,?,?,?,?,?,?,?,?)",
                   (audit, at, "token", None, actor, action, kind, entity, "A title", None,
                    '{"markdown":"' + "x" * 300 + '"}'))
        if has_subjects:
            for of, subject in [("incident", incident), ("actor", actor), ("actor", "token"),
                                ("component", "selma" if number % 3 else "nelson")]:
                db.execute("insert into audit_subjects values (?,?,?,?)",
                           (of, subject, at, audit))

    for count in range(incidents):
        incident, at = f"i-{count}", 946_684_800_000 + count * 3_600_000
        db.execute("insert into incidents (id, slug, title, kind, published_at_ms, "
                   "published_precision, markdown, public_at_ms, seq, source, created_at_ms) "
                   "values (?,?,?,'disruption',?,'minute','x',?,?,'api',?)",
                   (incident, f"incident-{count}", "A title", at, at, count * 10_240, at))
        component = "selma" if count % 3 else "nelson"
        db.execute("insert into mentions values (?,'',?,0)", (incident, component))
        line("incident", incident, incident, at, "create_incident")
        for place in range(UPDATES):
            update, then = f"u-{count}-{place}", at + (place + 1) * 60_000
            db.execute("insert into updates (id, incident_id, at_ms, seq, precision, markdown, "
                       "restore, public_at_ms, source, created_at_ms, phase) "
                       "values (?,?,?,?,'minute','x','yes',?,'api',?,?)",
                       (update, incident, then, count * 10_240 + place * 1024 + 1024, then, then,
                        "resolved" if place == UPDATES - 1 else None))
            line("update", update, incident, then, "add_update")
    db.execute("update revision set revision = revision + 1")
    db.commit()
    db.close()


def measure(lightship, incidents, rounds, patience):
    """Milliseconds by kind of query."""
    with tempfile.TemporaryDirectory() as folder:
        folder = pathlib.Path(folder)
        (folder / "content" / "incidents").mkdir(parents=True)
        (folder / "content" / "site.toml").write_text(SITE)
        database, content = f"sqlite:{folder}/long.db", str(folder / "content")
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            port = free.getsockname()[1]
        common = ["--database", database, "--content", content]

        def serve():
            server = subprocess.Popen([lightship, "serve", "--listen", f"127.0.0.1:{port}", *common],
                                      stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
            for _ in range(600):
                try:
                    urllib.request.urlopen(f"http://127.0.0.1:{port}/", timeout=60).read()
                    return server
                except OSError:
                    time.sleep(0.1)
            raise SystemExit("it doesn't serve")

        server = serve()
        server.terminate()
        server.wait(30)
        token = subprocess.run([lightship, "token", "create", "bench", "--scope", "admin", *common],
                               capture_output=True, text=True, check=True).stdout.strip()
        fill(folder / "long.db", incidents)
        server = serve()
        figures = {}
        for name, query in ASKED:
            times = []
            for _ in range(rounds):
                request = urllib.request.Request(
                    f"http://127.0.0.1:{port}/api/v1/audit?limit=100{query}",
                    headers={"Authorization": f"Bearer {token}"})
                start = time.perf_counter()
                try:
                    urllib.request.urlopen(request, timeout=patience).read()
                except OSError:
                    times.append(float("inf"))
                    break
                times.append((time.perf_counter() - start) * 1000)
            figures[name] = statistics.median(times)
        server.kill()
        server.wait()
        return figures


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--lightship", required=True)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--patience", type=float, default=120, help="seconds for one answer")
    parser.add_argument("--document")
    parser.add_argument("--json")
    parser.add_argument("--sizes", type=int, nargs="+", default=[1000, 10_000])
    asked = parser.parse_args()
    facts = report.machine()
    found = {size: measure(asked.lightship, size, asked.rounds, asked.patience)
             for size in asked.sizes}
    small, large = asked.sizes[0], asked.sizes[-1]
    header = ["a page of 100 lines, ms",
              *(f"{size:,} incidents, {size * (UPDATES + 1):,} lines" for size in asked.sizes),
              "growth"]
    rows = [[name, *(f"{found[size][name]:.1f}" for size in asked.sizes),
             f"{found[large][name] / found[small][name]:.2f}"] for name, _ in ASKED]
    text = report.table(header, rows) + "\n\n" + report.said(facts)
    print(text)
    if asked.document:
        report.write_block(asked.document, "record", text)
    if asked.json:
        report.write_json(asked.json, {"machine": facts, "milliseconds": found})


if __name__ == "__main__":
    main()
