"""The time from posting an update to the first home page that shows it, compared with a durable
commit on the same disk: first one by one in each round, then many per second."""

import json
import multiprocessing
import pathlib
import re
import socket
import statistics
import tempfile
import threading
import time

import report
from history import Commits, Server, generator_of, make_history, options_of


# In seconds. With the system's overhead, this is about seven thousand requests per second.
PAUSE = 0.00005


class Wire:
    """A persistent connection that sends prepared bytes. It is little more than a socket, so that
    its own overhead isn't measured."""

    def __init__(self, server):
        self.server = server
        self.socket = socket.create_connection(("127.0.0.1", server.port), timeout=60)
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.home_question = self.question("GET /")

    def question(self, line, body=b"", headers=""):
        return (f"{line} HTTP/1.1\r\nHost: 127.0.0.1:{self.server.port}\r\n{headers}\r\n"
                .encode() + body)

    def update(self, slug, said):
        """The request that posts an update, as bytes."""
        body = json.dumps(said).encode()
        return self.question(f"POST /api/v1/incidents/{slug}/updates", body,
                             f"Authorization: Bearer {self.server.token}\r\n"
                             "Content-Type: application/json\r\n"
                             f"Content-Length: {len(body)}\r\n")

    def ask(self, question):
        """Sends a request, and returns the raw body of the response."""
        self.socket.sendall(question)
        answer = self.more()
        while (end := answer.find(b"\r\n\r\n")) < 0:
            answer += self.more()
        length = int(re.search(rb"(?i)\r\ncontent-length: (\d+)", answer[:end + 2])[1])
        while len(answer) < end + 4 + length:
            answer += self.more()
        body = answer[end + 4:]
        if not answer.startswith(b"HTTP/1.1 2"):
            raise SystemExit(answer.decode())
        return body

    def more(self):
        more = self.socket.recv(1 << 17)
        if not more:
            raise SystemExit("the server closed the connection")
        return more

    def home(self):
        """The home page, after a short pause. Without it, polling would occupy a core that the
        measured work needs."""
        time.sleep(PAUSE)
        return self.ask(self.home_question)


def publish(slug, number, poster, reader, components=None):
    """Seconds from the request to the first home page with the update, and to the response."""
    marker = f"Publication number {number} x"
    update = {"markdown": marker}
    if components:
        update["components"] = components
    question, marker = poster.update(slug, update), marker.encode()
    begun = time.perf_counter()
    poster.ask(question)
    answered = time.perf_counter() - begun
    while marker not in reader.home():
        pass
    return time.perf_counter() - begun, answered


def post_at_rate(server, slug, plan, posters, posted):
    """Posts each number of the plan at its time, on several connections; sends back the times."""
    taken, lock = {}, threading.Lock()

    def post(part):
        poster = Wire(server)
        for number, when in part:
            question = poster.update(slug, {"markdown": f"Storm number {number:08}"})
            time.sleep(max(0, when - time.perf_counter()))
            begun = time.perf_counter()
            poster.ask(question)
            with lock:
                taken[number] = begun

    threads = [threading.Thread(target=post, args=(plan[part::posters],)) for part in range(posters)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    posted.send(taken)


def storm(server, slug, rate, reader, first):
    """Publishes at a rate for a second, from a separate process; returns the seconds until each
    update was seen. They are numbered from `first` on. On the home page, a later update hides an earlier
    one, so an update counts as seen once it or a newer one appears."""
    here, there = multiprocessing.Pipe()
    begun = time.perf_counter() + 0.5
    numbers = range(first, first + rate)
    plan = [(number, begun + place / rate) for place, number in enumerate(numbers)]
    process = multiprocessing.Process(target=post_at_rate, args=(server, slug, plan, 4, there))
    process.start()
    shown, newest = [], first - 1
    while newest < numbers[-1]:
        body = reader.home()
        at = body.rfind(b"Storm number ")
        number = int(body[at + 13:at + 21]) if at >= 0 else -1
        if number > newest:
            newest = number
            shown.append((number, time.perf_counter()))
        if time.perf_counter() > begun + 30:
            raise SystemExit("the last update was never shown")
    posted = here.recv()
    process.join()
    times, place = [], 0
    for number in numbers:
        while shown[place][0] < number:
            place += 1
        times.append(shown[place][1] - posted[number])
    return times


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
        poster, reader = Wire(server), Wire(server)

        def begin(title):
            body = {"title": title, "markdown": "It is measured."}
            return server.post("/incidents", body, server.connect())["slug"]

        def end(slug):
            poster.ask(poster.update(slug, {"markdown": "Over.", "phase": "resolved"}))

        component = json.loads(server.get("/api/v1/components", headers={
            "Authorization": f"Bearer {server.token}"})[1])["components"][0]["slug"]
        medians, number = [], 0
        for _ in range(options.rounds):
            references, times, answers, with_state = [], [], [], []
            # A new incident for each round, because nobody posts five hundred updates to one.
            slug = begin(f"Published over and over, round {len(medians) + 1}")
            for _ in range(options.publishes):
                references.append(commits.one())
                taken, answered = publish(slug, number, poster, reader)
                times.append(taken)
                answers.append(answered)
                number += 1
            for _ in range(options.publishes):
                state = {component: "degraded" if number % 2 else "partial_outage"}
                with_state.append(publish(slug, number, poster, reader, state)[0])
                number += 1
            end(slug)
            at_rate = [0]
            if options.rate:
                slug = begin(f"Published in a storm, round {len(medians) + 1}")
                at_rate = storm(server, slug, options.rate, reader, number)
                number += options.rate
                end(slug)
            medians.append(tuple(statistics.median(part) * 1000
                                 for part in (references, answers, times, with_state, at_rate)))
        server.stop()
    commit, answered, taken, with_state, at_rate = (
        statistics.median(part) for part in zip(*medians))
    figures = {"incidents": options.incidents, "commit_ms": round(commit, 3),
               "answered_ms": round(answered, 3), "visible_ms": round(taken, 3),
               "with_state_ms": round(with_state, 3), "allowed_ms": round(2 * commit + 2, 3)}
    if options.rate:
        figures["rate"] = options.rate
        figures["visible_at_rate_ms"] = round(at_rate, 3)
        figures["allowed_at_rate_ms"] = round(3 * commit + 2, 3)
    rows = [("one durable commit", figures["commit_ms"], ""),
            ("posted to answered", figures["answered_ms"], ""),
            ("posted to visible", figures["visible_ms"], figures["allowed_ms"]),
            ("the same of an update that sets a component's state", figures["with_state_ms"], "")]
    if options.rate:
        rows.append((f"posted to visible, {options.rate} a second arriving for a second", figures["visible_at_rate_ms"],
                     figures["allowed_at_rate_ms"]))
    table = report.table(("", "median, ms", "to be at most"), rows)
    said = (f"{report.said(facts)} {options.incidents:,} incidents; {options.rounds} rounds of "
            f"{options.publishes} publishes of each sort, one after the other; medians of the "
            "rounds' medians. To be at most: twice the commit and 2 ms; while they arrive at a "
            "rate, three times the commit and 2 ms.")
    print(table)
    if options.document:
        report.write_block(options.document, "publishing", f"{said}\n\n{table}")
    if options.json:
        report.write_json(options.json, {**facts, **figures})


if __name__ == "__main__":
    main()
