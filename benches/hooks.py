"""Telling 500 webhooks of an update, of which 50 take the request and never answer: how long it
takes until the others have it, for the first update and for two more, and memory. Beside it, a
plain Python loop sends as many requests with a pool of threads. The receiver is a process of its
own on the other core."""

import asyncio
import base64
import concurrent.futures
import hashlib
import hmac
import http.client
import json
import multiprocessing
import os
import pathlib
import socket
import statistics
import subprocess
import tempfile
import threading
import time

import report
from history import Server, options_of

# As many requests as Lightship has on their way at once.
THREADS = 32
# As many of them may be to webhooks that failed the last time.
FAILING = 12
# In seconds. It gives up a request after 10.
PATIENCE = 120


class Receiver:
    """Takes requests. `/ok/N` is answered at once, `/hang/N` never; `/seen/ID` says when each N got
    an update, `/hanging/` how many requests hang now and how many N were given up once, and `/one/`
    shows one request."""

    def __init__(self):
        self.listener = socket.create_server(("127.0.0.1", 0), backlog=1024)
        self.port = self.listener.getsockname()[1]
        # It ends with whoever started it.
        self.process = multiprocessing.get_context("fork").Process(target=self.run, daemon=True)
        self.process.start()
        self.listener.close()

    def run(self):
        os.sched_setaffinity(0, {1})
        self.times, self.hanging, self.given_up, self.one = {}, 0, set(), None
        asyncio.run(self.serve())

    async def serve(self):
        server = await asyncio.start_server(self.take, sock=self.listener, backlog=1024)
        await server.serve_forever()

    async def take(self, reader, writer):
        try:
            head = (await reader.readuntil(b"\r\n\r\n")).decode()
            line, *fields = head.strip().split("\r\n")
            fields = dict(field.lower().split(": ", 1) for field in fields)
            body = await reader.readexactly(int(fields.get("content-length", 0)))
            _, path, _ = line.split(" ")
            _, kind, name = path.split("/", 2)
            answer = b""
            if kind == "hang":
                self.hanging += 1
                await reader.read()  # until the sender gives up
                self.hanging -= 1
                self.given_up.add(name)
                return
            if kind == "ok":
                self.note(int(name), body, head)
            elif kind == "seen":
                answer = json.dumps(self.times.get(name, {})).encode()
            elif kind == "hanging":
                answer = json.dumps([self.hanging, len(self.given_up)]).encode()
            elif kind == "one":
                answer = json.dumps([self.one[0], self.one[1].decode()]).encode()
            writer.write(b"HTTP/1.1 200 OK\r\ncontent-length: %d\r\nconnection: close\r\n\r\n%s"
                         % (len(answer), answer))
            await writer.drain()
        except (asyncio.IncompleteReadError, ConnectionError):
            pass
        finally:
            writer.close()

    def note(self, number, body, head):
        update = json.loads(body)["data"]["update"]["id"]
        self.times.setdefault(update, {}).setdefault(number, time.perf_counter())
        self.one = self.one or (head, body)

    def ask(self, path):
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=60)
        connection.request("GET", path)
        said = json.loads(connection.getresponse().read())
        connection.close()
        return said

    def when_all_have(self, update, count):
        """When each of `count` webhooks got an update."""
        until = time.perf_counter() + PATIENCE
        while len(seen := self.ask(f"/seen/{update}")) < count:
            if time.perf_counter() > until:
                raise SystemExit(f"after {PATIENCE} s, {len(seen)} of {count} have the update")
            time.sleep(0.1)
        return list(seen.values())

    def stop(self):
        self.process.terminate()
        self.process.join()


class HookServer(Server):
    """Lightship on the first core, with webhooks that lead to this machine."""

    def __init__(self, binary, folder):
        super().__init__(binary, None, folder)
        (self.content / "site.toml").write_text(
            'name = "Long history"\ntime_zone = "America/Denver"\n'
            '[[components]]\nslug = "selma"\nname = "Selma"\n'
            '[delivery]\ndelay = "0s"\n')

    def start(self):
        os.environ["LIGHTSHIP_WEBHOOKS_TO_PRIVATE_NETWORKS"] = "true"
        seconds = super().start()
        # It has chosen its threads by then, as it would without being pinned.
        subprocess.run(["taskset", "-a", "-p", "-c", "0", str(self.process.pid)],
                       stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        return seconds

    def add_hooks(self, port, count, hanging, connection):
        """Adds webhooks; those that hang are spread evenly among the others."""
        for number in range(count):
            hangs = number * hanging // count != (number + 1) * hanging // count
            kind = "hang" if hangs else "ok"
            self.post("/channels", {"kind": "webhook", "name": f"Hook {number}",
                                    "url": f"http://127.0.0.1:{port}/{kind}/{number}"}, connection)


class Peak:
    """The most memory of a server while this is entered."""

    def __init__(self, server):
        self.server, self.mb, self.stopped = server, 0.0, threading.Event()
        self.thread = threading.Thread(target=self.watch)

    def watch(self):
        while not self.stopped.wait(0.02):
            self.mb = max(self.mb, self.server.resident_mb())

    def __enter__(self):
        self.thread.start()
        return self

    def __exit__(self, *_):
        self.stopped.set()
        self.thread.join()


def tell(server, receiver, slug, text, count, connection):
    """Posts an update; returns after how long each of the `count` webhooks that answer had it."""
    begun = time.perf_counter()
    made = server.post(f"/incidents/{slug}/updates", {"markdown": text}, connection)
    return [at - begun for at in receiver.when_all_have(made["id"], count)]


def wait_until_hanging(receiver, count):
    """Waits until each of `count` that never answer was given up once, and some of them are being
    tried again. Returns how many requests hang."""
    until = time.perf_counter() + PATIENCE
    while True:
        hanging, given_up = receiver.ask("/hanging/")
        if given_up >= count and hanging >= min(count, FAILING):
            return hanging
        if time.perf_counter() > until:
            raise SystemExit("those that never answer aren't tried again")
        time.sleep(0.05)


def plain_loop(receiver, count):
    """The reference: sends what a webhook got, signed anew, to as many receivers. Returns after how
    long each had it."""
    head, body = receiver.ask("/one/")
    fields = dict(line.split(": ", 1) for line in head.strip().split("\r\n")[1:])
    fields = {name: value for name, value in fields.items()
              if name not in ("host", "content-length", "connection")}
    event = json.loads(body)
    event["data"]["update"]["id"] = "plain"
    key = os.urandom(32)

    def send(number):
        said = json.dumps(event).encode()
        stamp = str(int(time.time()))
        signed = f"msg_{number}.{stamp}.".encode() + said
        signature = base64.b64encode(hmac.new(key, signed, hashlib.sha256).digest()).decode()
        own = {**fields, "webhook-id": f"msg_{number}", "webhook-timestamp": stamp,
               "webhook-signature": f"v1,{signature}", "connection": "close"}
        connection = http.client.HTTPConnection("127.0.0.1", receiver.port, timeout=10)
        connection.request("POST", f"/ok/{number}", said, own)
        status = connection.getresponse().status
        connection.close()
        return status

    # On the server's core. Its threads inherit that.
    os.sched_setaffinity(0, {0})
    begun = time.perf_counter()
    with concurrent.futures.ThreadPoolExecutor(THREADS) as pool:
        statuses = list(pool.map(send, range(count)))
    os.sched_setaffinity(0, {1})
    if statuses != [200] * count:
        raise SystemExit("the plain loop was refused")
    return [at - begun for at in receiver.when_all_have("plain", count)]


def main():
    parser = options_of(__doc__)
    parser.add_argument("--hooks", type=int, default=500)
    parser.add_argument("--hanging", type=int, default=50)
    options = parser.parse_args()
    facts, count = report.machine(), options.hooks - options.hanging
    rows, figures = [], {"hooks": options.hooks, "hanging": options.hanging, "told": []}

    def add(name, times, hanging=None):
        middle, worst = statistics.median(times), max(times)
        figure = {"what": name, "hanging": hanging, "median_s": middle, "worst_s": worst}
        figures["told"].append(figure)
        print(figure, flush=True)
        rows.append([name, "–" if hanging is None else hanging, f"{middle * 1000:,.0f} ms",
                     f"{worst * 1000:,.0f} ms"])

    receiver = Receiver()
    with tempfile.TemporaryDirectory() as folder:
        server = HookServer(options.lightship, pathlib.Path(folder) / "s")
        server.start()
        os.sched_setaffinity(0, {1})
        connection = server.connect()
        made = server.post("/incidents", {"title": "Selma is down", "notify": False,
                                          "components": {"selma": "major_outage"}}, connection)
        before = server.resident_mb()
        begun = time.perf_counter()
        server.add_hooks(receiver.port, options.hooks, options.hanging, connection)
        print(f"added in {time.perf_counter() - begun:.1f} s", flush=True)
        time.sleep(3)
        idle = server.resident_mb()
        with Peak(server) as peak:
            for name in ["first update", "second update", "third update"]:
                # At first, nobody knows which ones hang. Later, the worst moment is when they are
                # being tried again.
                is_first = name == "first update"
                hanging = 0 if is_first else wait_until_hanging(receiver, options.hanging)
                text = f"Mail on Selma works again. This is the {name}."
                add(name, tell(server, receiver, made["slug"], text, count, connection), hanging)
        add("plain Python loop, without those that hang", plain_loop(receiver, count))
        server.stop()
    receiver.stop()
    figures |= {"memory_before_mb": before, "memory_idle_mb": idle, "memory_peak_mb": peak.mb}
    memory = (f"Memory: {before:.1f} MB before they were added, {idle:.1f} MB with them, at most "
              f"{peak.mb:.1f} MB while they were told.")
    text = "\n\n".join([
        f"{report.said(facts)} {options.hooks} webhooks, {options.hanging} of which hang. {memory}",
        report.table(["told of", "requests that hung when it was posted",
                      f"half of the other {count} had it after", "all of them after"], rows)])
    print(text)
    if options.document:
        report.write_block(options.document, "hooks", text)
    if options.json:
        report.write_json(options.json, {"machine": facts, "figures": figures})


if __name__ == "__main__":
    main()
