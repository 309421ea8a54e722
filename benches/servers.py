"""The compared servers: starting them, sending requests, measuring their CPU time."""

import pathlib
import signal
import socket
import subprocess
import time
import urllib.request

SERVER_CORE = "0"

# Headers that depend on the connection or the time, or that nginx sets itself.
NOT_COPIED = {"date", "connection", "content-length", "content-type", "content-encoding", "etag",
              "last-modified", "vary"}


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def cpu_seconds(pids):
    """The CPU time of all threads of some processes, in user and kernel mode."""
    total = 0
    for pid in pids:
        for thread in pathlib.Path(f"/proc/{pid}/task").iterdir():
            total += int((thread / "schedstat").read_text().split()[0])
    return total / 1e9


def resident_bytes(pids):
    """The current memory of processes."""
    total = 0
    for pid in pids:
        status = pathlib.Path(f"/proc/{pid}/status").read_text()
        line = next(line for line in status.splitlines() if line.startswith("VmRSS"))
        total += int(line.split()[1]) * 1024
    return total


def wait_for(port):
    for _ in range(200):
        try:
            socket.create_connection(("127.0.0.1", port), timeout=1).close()
            return
        except OSError:
            time.sleep(0.05)
    raise SystemExit(f"nothing listens on port {port}")


class Server:
    """A server that runs on one core."""

    def __init__(self, name, command, port, children=False):
        self.name, self.port = name, port
        # Memory of an idle connection, once it is measured.
        self.bytes_each = 0
        self.process = subprocess.Popen(["taskset", "-c", SERVER_CORE, *command],
                                        stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        wait_for(port)
        self.pids = [self.process.pid]
        if children:
            task = pathlib.Path(f"/proc/{self.process.pid}/task/{self.process.pid}/children")
            self.pids = [int(pid) for pid in task.read_text().split()]

    def stop(self):
        self.process.send_signal(signal.SIGTERM)
        try:
            self.process.wait(10)
        except subprocess.TimeoutExpired:
            self.process.kill()


def fetch(port, path, headers):
    """The headers, with names in lower case, and the body."""
    request = urllib.request.Request(f"http://127.0.0.1:{port}{path}", headers=headers)
    with urllib.request.urlopen(request) as response:
        return {name.lower(): value for name, value in response.headers.items()}, response.read()


def nginx_config(folder, port, port_304, shown, sendfile="on"):
    """nginx for static files; the effect of each line was measured. `shown` are Lightship's headers
    of the home page. Caching headers are on both ports, the others only where Lightship sends them,
    too: not with a 304. Without sendfile, nginx reads each file into memory and writes it from
    there, which is faster for small files."""
    headers = {name: value for name, value in shown.items() if name not in NOT_COPIED}
    line = lambda name: f'add_header {name} "{headers[name]}";'
    all_lines = "\n        ".join(line(name) for name in headers)
    (folder / "logs").mkdir()
    config = folder / "nginx.conf"
    config.write_text(f"""
worker_processes 1;
daemon off;
pid {folder}/nginx.pid;
error_log {folder}/logs/error.log crit;
events {{ worker_connections 8192; multi_accept on; }}
http {{
    access_log off;
    server_tokens off;
    sendfile {sendfile};
    tcp_nopush {sendfile};
    keepalive_requests 1000000000;
    keepalive_timeout 75s;
    open_file_cache max=1000 inactive=1h;
    open_file_cache_valid 1h;
    gzip_static on;
    gzip_vary on;
    types {{ "text/html; charset=utf-8" html; "application/rss+xml; charset=utf-8" rss;
            "application/atom+xml; charset=utf-8" atom;
            "application/feed+json; charset=utf-8" json; }}
    server {{
        listen 127.0.0.1:{port} backlog=4096;
        root {folder}/www;
        {all_lines}
    }}
    server {{
        listen 127.0.0.1:{port_304} backlog=4096;
        root {folder}/www;
        {line("cache-control")}
    }}
}}
""")
    return config


def nginx_file(www, path):
    """The file for a path, so that nginx needs no rewrites."""
    if path == "/":
        return www / "home.html"
    return www / (path[1:] if "." in path else path[1:] + ".html")
