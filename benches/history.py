"""Shared by the benchmarks of publishing and growing: long histories, a server, durable commits."""

import argparse
import http.client
import json
import os
import pathlib
import shutil
import signal
import socket
import sqlite3
import subprocess
import time

ROOT = pathlib.Path(__file__).resolve().parent.parent


HISTORIES = ROOT / "target" / "histories"


def options_of(description):
    """The options that all measurements have."""
    parser = argparse.ArgumentParser(description=description)
    parser.add_argument("--lightship", default=ROOT / "target" / "release" / "lightship")
    parser.add_argument("--histories", default=HISTORIES, help="where long histories are kept")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--json", help="write the figures there, too")
    parser.add_argument("--document", help="write the table there")
    return parser


def generator_of(lightship):
    """The history generator from the same build. It is built if it is missing."""
    generator = pathlib.Path(lightship).resolve().parent / "examples" / "long_history"
    if not generator.exists():
        subprocess.run(["cargo", "build", "--release", "--locked", "--example", "long_history"],
                       check=True, cwd=ROOT)
    return generator


def make_history(generator, folder, incidents, updates=5, components=500, changes=None):
    """A database with a long history, generated once and kept."""
    changes = changes if changes is not None else incidents * 50
    file = pathlib.Path(folder) / f"history-{incidents}.db"
    if not file.exists():
        part = file.with_suffix(".part")
        for leftover in file.parent.glob(part.name + "*"):
            leftover.unlink()
        subprocess.run([generator, "--database", f"sqlite:{part}", "--incidents", str(incidents),
                        "--updates", str(updates), "--components", str(components),
                        "--changes", str(changes)], check=True)
        part.rename(file)
    return file


class Server:
    """Lightship over a copy of a database, or over the one at a URL, on a free port."""

    def __init__(self, binary, database, folder, content=None, url=None, token=None):
        self.folder = pathlib.Path(folder)
        shutil.rmtree(self.folder, ignore_errors=True)
        self.folder.mkdir(parents=True)
        self.database = self.folder / "lightship.db"
        if database:
            shutil.copy(database, self.database)
        self.url = url or f"sqlite:{self.database}"
        self.content = content or self.folder / "content"
        if not content:
            (self.content / "incidents").mkdir(parents=True)
            (self.content / "site.toml").write_text(
                'name = "Long history"\ntime_zone = "America/Denver"\n')
        self.binary = binary
        self.token = token or self.run("token", "create", "bench", "--scope", "admin",
                              "--scope", "incidents:write", "--scope", "states:write").strip()
        self.process = None

    def run(self, *words):
        environment = {**os.environ, "LIGHTSHIP_DATABASE": self.url}
        return subprocess.run([self.binary, *words], check=True, stdout=subprocess.PIPE, text=True,
                              env=environment).stdout

    def start(self, port=None):
        """Starts it, and returns the seconds from the start of the process to the first 200."""
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.port = port or probe.getsockname()[1]
        begun = time.perf_counter()
        self.process = subprocess.Popen(
            [self.binary, "serve", "--listen", f"127.0.0.1:{self.port}", "--database", self.url,
             "--content", str(self.content)],
            stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
            env={**os.environ, "LIGHTSHIP_LOG": "warn"})
        while True:
            try:
                if self.get("/")[0] == 200:
                    return time.perf_counter() - begun
            except OSError:
                if self.process.poll() is not None:
                    raise SystemExit("the server ended")
                time.sleep(0.002)

    def connect(self):
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=60)
        connection.connect()
        connection.sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        return connection

    def get(self, path, connection=None, headers=None):
        connection = connection or self.connect()
        connection.request("GET", path, headers=headers or {})
        response = connection.getresponse()
        return response.status, response.read()

    def post(self, path, body, connection):
        connection.request("POST", "/api/v1" + path, json.dumps(body), {
            "Authorization": f"Bearer {self.token}", "Content-Type": "application/json"})
        response = connection.getresponse()
        text = response.read()
        if response.status >= 300:
            raise SystemExit(f"{response.status}: {text.decode()}")
        return json.loads(text)

    def resident_mb(self):
        for line in pathlib.Path(f"/proc/{self.process.pid}/status").read_text().splitlines():
            if line.startswith("VmRSS:"):
                return int(line.split()[1]) / 1024
        return 0

    def stop(self):
        self.process.send_signal(signal.SIGTERM)
        try:
            self.process.wait(30)
        except subprocess.TimeoutExpired:
            self.process.kill()


class Commits:
    """The reference: a durable commit of one row on the same disk."""

    def __init__(self, folder):
        file = pathlib.Path(folder) / "commits.db"
        self.connection = sqlite3.connect(file, isolation_level=None, check_same_thread=False)
        self.connection.execute("pragma journal_mode = wal")
        self.connection.execute("pragma synchronous = full")
        self.connection.execute("create table if not exists rows (text)")

    def one(self):
        begun = time.perf_counter()
        self.connection.execute("begin immediate")
        self.connection.execute("insert into rows values ('x')")
        self.connection.execute("commit")
        return time.perf_counter() - begun
