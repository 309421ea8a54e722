"""From a posted update to the first home page that shows it, beside one durable commit on the same
disk: one after the other in each round. `--rate 100` posts so many a second meanwhile."""

import json
import pathlib
import statistics
import tempfile
import threading
import time

import report
from history import Commits, Server, generator_of, make_history, options_of


def visible(server, reader, marker):
    while marker not in server.get("/", reader)[1]:
        pass


def publish(server, slug, number, poster, reader, components=None):
    """Seconds from the request to the first home page that shows it, and to its answer."""
    marker = f"Publication number {number} x"
    update = {"markdown": marker}
    if components:
        update["components"] = components
    begun = time.perf_counter()
    server.post(f"/incidents/{slug}/updates", update, poster)
    answered = time.perf_counter() - begun
    visible(server, reader, marker.encode())
    return time.perf_counter() - begun, answered


def storm(server, slug, rate, seconds):
    """Publishes at a rate, on several connections; seconds until each is seen, and the commits.
    A later update hides an earlier one on the home page, so each counts as seen with the first that
    is as new or newer."""
    seen, lock, stop = [], threading.Lock(), threading.Event()
    waiting = {}

    def watch():
        reader = server.connect()
        while not stop.is_set():
            body = server.get("/", reader)[1]
            at = body.rfind(b"Storm number ")
            if at < 0:
                continue
            newest = int(body[at + 13:at + 21])
            now = time.perf_counter()
            with lock:
                for number in [number for number in waiting if number <= newest]:
                    seen.append(now - waiting.pop(number))

    def post(numbers):
        poster = server.connect()
        for number, when in numbers:
            time.sleep(max(0, when - time.perf_counter()))
            with lock:
                waiting[number] = time.perf_counter()
            server.post(f"/incidents/{slug}/updates", {"markdown": f"Storm number {number:08}"},
                        poster)

    begun = time.perf_counter() + 0.2
    plan = [(number, begun + number / rate) for number in range(rate * seconds)]
    watcher = threading.Thread(target=watch)
    watcher.start()
    threads = [threading.Thread(target=post, args=(plan[part::4],)) for part in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    time.sleep(0.5)
    stop.set()
    watcher.join()
    return seen


def main():
    parser = options_of(__doc__)
    parser.add_argument("--incidents", type=int, default=10_000)
    parser.add_argument("--publishes", type=int, default=40, help="in each round")
    parser.add_argument("--rate", type=int, default=100)
    options = parser.parse_args()
    facts = report.machine()
    binary = pathlib.Path(options.lightship).resolve()
    folder = pathlib.Path(options.histories)
    folder.mkdir(parents=True, exist_ok=True)
    history = make_history(generator_of(binary), folder, options.incidents)
    with tempfile.TemporaryDirectory(dir=folder) as work:
        server = Server(binary, history, pathlib.Path(work) / "server")
        commits = Commits(work)
        server.start()
        poster, reader = server.connect(), server.connect()

        def begin(title):
            body = {"title": title, "markdown": "It is measured."}
            return server.post("/incidents", body, poster)["slug"]

        component = json.loads(server.get("/api/v1/components", reader, {
            "Authorization": f"Bearer {server.token}"})[1])["components"][0]["slug"]
        medians, number = [], 0
        for _ in range(options.rounds):
            references, times, answers, with_state = [], [], [], []
            # A new incident for each round: nobody says five hundred things about one.
            slug = begin(f"Published over and over, round {len(medians) + 1}")
            for _ in range(options.publishes):
                references.append(commits.one())
                taken, answered = publish(server, slug, number, poster, reader)
                times.append(taken)
                answers.append(answered)
                state = {component: "degraded" if number % 2 else "partial_outage"}
                with_state.append(publish(server, slug, number + 1, poster, reader, state)[0])
                number += 2
            server.post(f"/incidents/{slug}/updates", {"markdown": "Over.", "phase": "resolved"},
                        poster)
            medians.append(tuple(statistics.median(part) * 1000
                                 for part in (references, answers, times, with_state)))
        seen = storm(server, begin("Published in a storm"), options.rate, 5) if options.rate else []
        server.stop()
    commit, answered, taken, with_state = (statistics.median(part) for part in zip(*medians))
    figures = {"incidents": options.incidents, "commit_ms": round(commit, 3),
               "answered_ms": round(answered, 3), "visible_ms": round(taken, 3),
               "with_state_ms": round(with_state, 3), "allowed_ms": round(2 * commit + 2, 3)}
    if seen:
        figures["rate"] = options.rate
        figures["visible_at_rate_ms"] = round(statistics.median(seen) * 1000, 3)
        figures["allowed_at_rate_ms"] = round(3 * commit + 2, 3)
    rows = [("one durable commit", figures["commit_ms"], ""),
            ("posted to answered", figures["answered_ms"], ""),
            ("posted to visible", figures["visible_ms"], figures["allowed_ms"]),
            ("the same of an update that sets a component's state", figures["with_state_ms"], "")]
    if seen:
        rows.append((f"the same, {options.rate} a second arriving", figures["visible_at_rate_ms"],
                     figures["allowed_at_rate_ms"]))
    table = report.table(("", "median, ms", "to be at most"), rows)
    said = (f"{report.said(facts)} {options.incidents:,} incidents; {options.rounds} rounds of "
            f"{options.publishes} publishes of each sort, one after the other; medians. To be at "
            "most: twice the commit and 2 ms; while they arrive at a rate, three times the commit "
            "and 2 ms.")
    print(table)
    if options.document:
        report.write_block(options.document, "publishing", f"{said}\n\n{table}")
    if options.json:
        report.write_json(options.json, {**facts, **figures})


if __name__ == "__main__":
    main()
