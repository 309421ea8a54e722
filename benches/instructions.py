"""Instructions per request, counted by callgrind: figures that don't depend on the load of the
machine. The count includes all threads of the program, but not the kernel.

The program is a release build with debug names (profile `counted`). The requests use persistent
connections, all at once, as under load. Counting begins when the compression of pages is complete.
Periodic work is measured in an idle phase of the same length and subtracted.
"""

import argparse
import os
import pathlib
import re
import shutil
import socket
import subprocess
import tempfile
import time

import report
from servers import free_port

CONNECTIONS = 16
ROUNDS = 400
REQUESTS = CONNECTIONS * ROUNDS

# More instructions than this in two idle seconds mean that pages are still being compressed.
MOST_IDLE = 5_000_000


def build():
    """Builds a release with debug names, so that callgrind can attribute instructions."""
    subprocess.run(["cargo", "build", "--locked", "--profile", "counted", "--bin", "lightship"],
                   check=True)
    return "target/counted/lightship"


class Counted:
    """The server under callgrind."""

    def __init__(self, program, content, folder):
        self.folder, self.port = folder, free_port()
        self.process = subprocess.Popen(
            ["valgrind", "--tool=callgrind", f"--callgrind-out-file={folder}/out",
             os.path.abspath(program), "serve",
             "--listen", f"127.0.0.1:{self.port}", "--database", f"sqlite:{folder}/counted.db",
             "--content", os.path.abspath(content)],
            stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        deadline = time.monotonic() + 120
        while not self.connect():
            if time.monotonic() > deadline:
                raise SystemExit("the program doesn't start under callgrind")
            time.sleep(0.2)

    def connect(self):
        """Opens new connections, and returns whether that succeeded."""
        one = lambda: socket.create_connection(("127.0.0.1", self.port), timeout=60)
        try:
            self.wires = [one() for _ in range(CONNECTIONS)]
        except OSError:
            return False
        return True

    def control(self, option):
        subprocess.run(["callgrind_control", option, str(self.process.pid)], check=True,
                       stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)

    def total(self, work):
        """The instructions executed while `work` runs."""
        self.control("-z")
        before = set(self.folder.glob("out.*"))
        work()
        self.control("-d")
        written = max(set(self.folder.glob("out.*")) - before, key=lambda file: file.stat().st_mtime)
        return int(re.search(r"^(?:totals|summary): (\d+)", written.read_text(), re.MULTILINE)[1])

    def settle(self):
        """Waits until only periodic work is left in the background."""
        deadline = time.monotonic() + 300
        while self.total(lambda: time.sleep(2)) > MOST_IDLE:
            if time.monotonic() > deadline:
                raise SystemExit("the program doesn't come to rest")

    def ask(self, request, differs=False):
        """Sends the same request, or different ones, on all connections; returns the status and the
        head of one response."""
        for number, wire in enumerate(self.wires):
            own = f"\r\nCookie: reader={number:02}\r\n\r\n".encode()
            wire.sendall(request.replace(b"\r\n\r\n", own) if differs else request)
        return [whole_answer(wire) for wire in self.wires][0]

    def stop(self):
        self.process.terminate()
        self.process.wait(60)


def whole_answer(wire):
    answer = b""
    while b"\r\n\r\n" not in answer:
        answer += wire.recv(65536)
    head, _, body = answer.partition(b"\r\n\r\n")
    length = re.search(rb"content-length: (\d+)", head.lower())
    while length and len(body) < int(length[1]):
        body += wire.recv(65536)
    return int(head.split()[1]), head


def request(path, lines=()):
    """A request much like a browser's."""
    return "\r\n".join([
        f"GET {path} HTTP/1.1", "Host: status.example.com",
        "User-Agent: Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0",
        "Accept: text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8",
        "Accept-Language: en-US,en;q=0.5", "Accept-Encoding: gzip, deflate, br, zstd",
        "Connection: keep-alive", *lines, "", ""]).encode()


def count(server):
    # The first request renders the page.
    server.ask(request("/"))
    server.settle()
    _, head = server.ask(request("/"))
    etag = re.search(rb"etag: (\S+)", head.lower())[1].decode()
    known = request("/", [f"If-None-Match: {etag}"])
    cases = [
        ("home page", request("/"), True, 200),
        ("home page, the request before was the same", request("/"), False, 200),
        ("304", known, True, 304),
        ("304, the request before was the same", known, False, 304),
        ("404", request("/wp-login.php"), True, 404),
    ]
    rows, figures = [], {}
    for name, asked, differs, expected in cases:
        # A connection stays with hyper after any request that isn't for a ready page.
        server.connect()
        for _ in range(20):
            assert server.ask(asked, differs)[0] == expected
        server.settle()

        def work():
            for _ in range(ROUNDS):
                server.ask(asked, differs)

        began = time.monotonic()
        used = server.total(work)
        took = time.monotonic() - began
        idle = server.total(lambda: time.sleep(took))
        figures[name] = round((used - idle) / REQUESTS)
        rows.append([name, f"{figures[name]:,}"])
        print(f"  {name}: {figures[name]:,}", flush=True)
    return report.table(["request", "instructions"], rows), figures


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--program", help="count this one instead of building it")
    parser.add_argument("--content", default="content")
    parser.add_argument("--json", help="write the figures here")
    parser.add_argument("--document", help="write the table into this document")
    args = parser.parse_args()
    program = args.program or build()
    facts = report.machine()
    folder = pathlib.Path(tempfile.mkdtemp(prefix="lightship-count-"))
    server = Counted(program, args.content, folder)
    try:
        table, figures = count(server)
    finally:
        server.stop()
        shutil.rmtree(folder)
    how = f"{report.said(facts)} {REQUESTS:,} requests each."
    print(f"\n{table}")
    if args.json:
        report.write_json(args.json, {"machine": facts, "instructions": figures})
    if args.document:
        report.write_block(args.document, "instructions", f"{how}\n\n{table}")


if __name__ == "__main__":
    main()
