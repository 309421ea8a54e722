"""Several servers over one PostgreSQL: how long a write on one takes to be on the pages of the
others, and what readers and writers see, second by second, while a server and the database are
killed. The database is made for this, and is gone afterwards."""

import http.client
import json
import os
import pathlib
import shutil
import signal
import socket
import statistics
import subprocess
import tempfile
import threading
import time

import report
from history import Server, options_of

POSTGRES = sorted(pathlib.Path("/usr/lib/postgresql").glob("*/bin"))
# In seconds. Three readers ask all the time; asking takes little of what the servers need.
PAUSE = 0.0005


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


class Postgres:
    """A PostgreSQL server of its own. It refuses to run as root, so it runs as `postgres` then."""

    def __init__(self, folder, primary=None):
        """A new database, or a standby of `primary`, which must be running."""
        if not POSTGRES:
            raise SystemExit("PostgreSQL is missing; install the package postgresql")
        self.bin, self.folder, self.port = POSTGRES[-1], pathlib.Path(folder), free_port()
        self.folder.mkdir()
        self.user = []
        if os.geteuid() == 0:
            shutil.chown(self.folder, "postgres")
            self.user = ["setpriv", "--reuid=postgres", "--regid=postgres", "--init-groups"]
        self.data = self.folder / "data"
        if primary:
            self.run("pg_basebackup", "-D", self.data, "-h", "127.0.0.1", "-p", primary.port,
                     "-U", "lightship", "-R", "-X", "stream", "-c", "fast")
        else:
            self.run("initdb", "-D", self.data, "-U", "lightship", "--auth=trust",
                     "--encoding=UTF8")
        self.url = f"postgres://lightship@127.0.0.1:{self.port}/postgres"
        self.process = None

    def run(self, program, *words):
        subprocess.run([*self.user, self.bin / program, *map(str, words)], check=True,
                       stdout=subprocess.DEVNULL, cwd="/")

    def start(self, *settings):
        self.process = subprocess.Popen(
            [*self.user, self.bin / "postgres", "-D", self.data, "-p", str(self.port),
             "-c", "listen_addresses=127.0.0.1", "-c", "unix_socket_directories=",
             "-c", "max_connections=100",
             *(word for setting in settings for word in ("-c", setting))],
            stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, cwd="/")
        while subprocess.run([self.bin / "pg_isready", "-q", "-h", "127.0.0.1", "-p",
                              str(self.port)], cwd="/").returncode:
            time.sleep(0.05)

    def kill(self):
        """Ends all of it abruptly."""
        subprocess.run(["pkill", "-KILL", "-P", str(self.process.pid)])
        self.process.kill()
        self.process.wait()

    def promote(self):
        """Makes a standby the primary."""
        self.run("pg_ctl", "promote", "-w", "-D", self.data)

    def ask(self, query):
        asked = subprocess.run([self.bin / "psql", "-h", "127.0.0.1", "-p", str(self.port),
                                "-U", "lightship", "-Atc", query, "postgres"], check=True,
                               stdout=subprocess.PIPE, text=True, cwd="/")
        return asked.stdout.strip()

    def stop(self):
        self.process.send_signal(signal.SIGINT)
        self.process.wait(30)


class Member(Server):
    """One of several servers over the same database, each with a content folder of its own."""

    def __init__(self, binary, url, folder, token=None):
        super().__init__(binary, None, folder, url=url, token=token)

    def kill(self):
        self.process.kill()
        self.process.wait()


def start_members(binary, url, work, count):
    members = []
    for number in range(count):
        token = members[0].token if members else None
        members.append(Member(binary, url, work / f"server-{number}", token))
        members[-1].start()
    return members


def spread(members, publishes):
    """Milliseconds from posting an update on one server to the first page of each other one that
    has it, and to the response."""
    times, answers = [], []
    readers = [member.connect() for member in members]
    slug = members[0].post("/incidents", {"title": "Posted on one, read on others",
                                          "markdown": "It is measured."},
                           members[0].connect())["slug"]
    for number in range(publishes):
        marker = f"Publication number {number} x"
        writer = members[number % len(members)]
        others = [(member, reader) for member, reader in zip(members, readers)
                  if member is not writer]
        begun = time.perf_counter()
        writer.post(f"/incidents/{slug}/updates", {"markdown": marker}, writer.connect())
        answers.append((time.perf_counter() - begun) * 1000)
        while others:
            time.sleep(PAUSE)
            for one in list(others):
                if marker.encode() in one[0].get("/", one[1])[1]:
                    times.append((time.perf_counter() - begun) * 1000)
                    others.remove(one)
        time.sleep(0.02)
    return times, answers


class Watch:
    """Readers and a writer that go to the next server if one fails, as behind a load balancer."""

    def __init__(self, members):
        self.members, self.begun, self.is_over = members, time.perf_counter(), False
        self.seconds = {}
        self.acknowledged, self.refusals, self.marks = [], [], {}
        self.slug = members[0].post("/incidents", {"title": "Kills", "markdown": "Begun."},
                                    members[0].connect())["slug"]
        self.threads = [threading.Thread(target=self.read, args=(first,)) for first in range(3)]
        self.threads.append(threading.Thread(target=self.write))
        for thread in self.threads:
            thread.start()

    def note(self, what, took):
        second = self.seconds.setdefault(int(time.perf_counter() - self.begun), {})
        count, worst = second.get(what, (0, 0))
        second[what] = (count + 1, max(worst, took))

    def ask(self, first, method, path, body=None, headers=None):
        """The status, after at most one try on each server."""
        for step in range(len(self.members)):
            member = self.members[(first + step) % len(self.members)]
            try:
                connection = http.client.HTTPConnection("127.0.0.1", member.port, timeout=8)
                connection.request(method, path, body, headers or {})
                response = connection.getresponse()
                return response.status, response.read()
            except (OSError, http.client.HTTPException):
                continue
        return 0, b""

    def read(self, first):
        while not self.is_over:
            begun = time.perf_counter()
            status, _ = self.ask(first, "GET", "/")
            self.note("read" if status == 200 else "not read", time.perf_counter() - begun)
            time.sleep(0.02)

    def write(self):
        number = 0
        while not self.is_over:
            text, begun = f"Number {number} x", time.perf_counter()
            # Whoever doesn't know whether it was posted sends it again with the same key.
            status, answer = self.ask(number, "POST", f"/api/v1/incidents/{self.slug}/updates",
                              json.dumps({"markdown": text}),
                              {"Authorization": f"Bearer {self.members[0].token}",
                               "Content-Type": "application/json",
                               "Idempotency-Key": f"scale-{number}"})
            is_taken = status == 201
            self.note("written" if is_taken else "refused", time.perf_counter() - begun)
            if not is_taken:
                self.refusals.append((status, answer.decode()))
            if is_taken:
                self.acknowledged.append(text)
                number += 1
            time.sleep(0.1)

    def mark(self, words):
        """Something is done to the servers now."""
        self.marks[int(time.perf_counter() - self.begun)] = words

    def end(self):
        self.is_over = True
        for thread in self.threads:
            thread.join()
        return self.seconds

    def check(self, member):
        """The posts that were acknowledged and aren't on the page of `member`, and those that are
        there more than once."""
        body = member.get(f"/incidents/{self.slug}.md")[1].decode()
        lost = [text for text in self.acknowledged if text not in body]
        return lost, [text for text in self.acknowledged if body.count(text) > 1]

    def table(self):
        """What was seen, by second."""
        rows = []
        for second in sorted(self.seconds):
            seen = self.seconds[second]
            cells = [f"{seen[what][0]} ({seen[what][1] * 1000:.0f} ms)" if what in seen else ""
                     for what in ("read", "not read", "written", "refused")]
            rows.append((second, *cells, self.marks.get(second, "")))
        return report.table(["second", "read (worst)", "not read", "written (worst)", "refused",
                             "what happens"], rows)

    def figures(self):
        return {str(second): {what: [count, round(worst, 3)]
                              for what, (count, worst) in seen.items()}
                for second, seen in self.seconds.items()}


def kills(members, postgres, pause):
    """Kills a server and starts it again, then the database. Returns what was seen."""
    watch = Watch(members)
    time.sleep(pause)
    watch.mark("a server is killed")
    members[1].kill()
    time.sleep(pause)
    watch.mark("it is started again")
    members[1].start(members[1].port)
    time.sleep(pause)
    watch.mark("the database is killed")
    postgres.kill()
    time.sleep(2 * pause)
    watch.mark("it is started again")
    postgres.start()
    time.sleep(3 * pause)
    watch.mark("each server is stopped and started again, one after the other")
    for member in members:
        member.stop()
        member.start(member.port)
    time.sleep(pause)
    watch.end()
    return watch


def main():
    parser = options_of(__doc__)
    parser.add_argument("--publishes", type=int, default=200)
    parser.add_argument("--servers", type=int, default=3)
    parser.add_argument("--pause", type=float, default=4, help="seconds between the kills")
    options = parser.parse_args()
    facts = report.machine()
    binary = pathlib.Path(options.lightship).resolve()
    with tempfile.TemporaryDirectory() as work:
        work = pathlib.Path(work)
        work.chmod(0o755)
        postgres = Postgres(work / "postgres")
        postgres.start()
        members = start_members(binary, postgres.url, work, options.servers)
        times, answers = spread(members, options.publishes)
        watch = kills(members, postgres, options.pause)
        lost, repeated = watch.check(members[2])
        for member in members:
            member.stop()
        postgres.stop()
    figures = {"servers": options.servers, "publishes": options.publishes,
               "answered_ms": round(statistics.median(answers), 1),
               "others_median_ms": round(statistics.median(times), 1),
               "others_worst_ms": round(max(times), 1),
               "acknowledged": len(watch.acknowledged), "lost": len(lost), "repeated": len(repeated)}
    rows = [("posted on one to answered, median", f"{figures['answered_ms']} ms"),
            ("posted on one to on the pages of another, median",
             f"{figures['others_median_ms']} ms"),
            ("the same, worst", f"{figures['others_worst_ms']} ms"),
            ("acknowledged during the kills", len(watch.acknowledged)),
            ("of these lost", len(lost)), ("of these posted twice", len(repeated))]
    text = (report.table(["", f"{options.servers} servers, one database"], rows) + "\n\n"
            + watch.table() + "\n\n" + report.said(facts))
    print(text)
    if options.json:
        report.write_json(options.json, {**figures, "seconds": watch.figures()})
    if options.document:
        report.write_block(options.document, "scale", text)
    if lost or repeated:
        raise SystemExit(f"lost: {lost}; posted twice: {repeated}")


if __name__ == "__main__":
    main()
