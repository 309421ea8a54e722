"""Requests per second of server CPU time: Lightship beside nginx and a bare hyper server.

Each serves the very same bytes, one after the other in each round, the server on one core, the load
(wrk) on another. Prints a table of medians and their ratios, and writes it as JSON if asked.
"""

import argparse
import json
import os
import pathlib
import re
import shutil
import signal
import socket
import statistics
import subprocess
import tempfile
import time
import urllib.request

SERVER_CORE, LOAD_CORE = "0", "1"
TICKS = os.sysconf("SC_CLK_TCK")


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def cpu_seconds(pids):
    """User and system time of processes, all threads together."""
    total = 0
    for pid in pids:
        fields = pathlib.Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()
        total += int(fields[11]) + int(fields[12])
    return total / TICKS


def wait_for(port):
    for _ in range(200):
        try:
            socket.create_connection(("127.0.0.1", port), timeout=1).close()
            return
        except OSError:
            time.sleep(0.05)
    raise SystemExit(f"nothing listens on port {port}")


class Server:
    def __init__(self, name, command, port, children=False, **options):
        self.name, self.port = name, port
        self.process = subprocess.Popen(
            ["taskset", "-c", SERVER_CORE, *command],
            stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, **options)
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
    request = urllib.request.Request(f"http://127.0.0.1:{port}{path}", headers=headers)
    with urllib.request.urlopen(request) as response:
        return dict(response.headers.items()), response.read()


def nginx_config(folder, port):
    (folder / "logs").mkdir()
    config = folder / "nginx.conf"
    config.write_text(f"""
worker_processes 1;
daemon off;
pid {folder}/nginx.pid;
error_log {folder}/logs/error.log crit;
events {{ worker_connections 8192; }}
http {{
    access_log off;
    sendfile on;
    tcp_nopush on;
    keepalive_requests 1000000000;
    open_file_cache max=1000;
    open_file_cache_valid 60s;
    gzip_static on;
    types {{ text/html html; application/rss+xml rss; application/feed+json json; }}
    server {{
        listen 127.0.0.1:{port} backlog=4096;
        root {folder}/www;
        location = / {{ try_files /index.html =404; }}
        location / {{ try_files $uri $uri.html =404; }}
    }}
}}
""")
    return config


def nginx_file(www, path):
    """Where nginx finds a path."""
    if path == "/":
        return www / "index.html"
    return www / (path[1:] if "." in path else path[1:] + ".html")


def load(server, path, headers, connections, seconds, close=False):
    """One run of wrk: requests per second of server CPU time, and the 99th percentile in ms."""
    command = ["taskset", "-c", LOAD_CORE, "wrk", "-t1", f"-c{connections}", f"-d{seconds}s",
               "--latency"]
    if close:
        headers = {**headers, "Connection": "close"}
    for name, value in headers.items():
        command += ["-H", f"{name}: {value}"]
    before = cpu_seconds(server.pids)
    told = subprocess.run([*command, f"http://127.0.0.1:{server.port}{path}"],
                          capture_output=True, text=True, check=True).stdout
    used = cpu_seconds(server.pids) - before
    requests = int(re.search(r"(\d+) requests in", told)[1])
    failed = re.search(r"Non-2xx or 3xx responses: (\d+)", told)
    if failed:
        raise SystemExit(f"{server.name} answered {failed[1]} requests of {path} with an error")
    number, unit = re.search(r"99%\s+([\d.]+)(us|ms|s)", told).groups()
    p99 = float(number) * {"us": 0.001, "ms": 1, "s": 1000}[unit]
    return requests / max(used, 1 / TICKS), p99


class Crowd:
    """Connections that are open and say nothing."""

    def __init__(self, port, count):
        self.sockets = [socket.create_connection(("127.0.0.1", port)) for _ in range(count)]
        for one in self.sockets:
            one.sendall(b"GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n")
        for one in self.sockets:
            one.recv(4096)

    def leave(self):
        for one in self.sockets:
            one.close()


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--lightship", default="target/release/lightship")
    parser.add_argument("--bare-hyper", required=True)
    parser.add_argument("--content", default="content")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--seconds", type=int, default=3)
    parser.add_argument("--only", help="only cases whose name holds this")
    parser.add_argument("--json", help="write the figures here")
    args = parser.parse_args()
    folder = pathlib.Path(tempfile.mkdtemp(prefix="lightship-bench-"))
    folder.chmod(0o755)
    servers = []
    try:
        figures = measure(args, folder, servers)
    finally:
        for server in servers:
            server.stop()
        shutil.rmtree(folder)
    if args.json:
        pathlib.Path(args.json).write_text(json.dumps(figures, indent=2) + "\n")


def measure(args, folder, servers):
    ports = {name: free_port() for name in ["lightship", "nginx", "hyper"]}
    database = f"sqlite:{folder}/bench.db"
    lightship = Server("lightship", [
        os.path.abspath(args.lightship), "serve", "--listen", f"127.0.0.1:{ports['lightship']}",
        "--database", database, "--content", os.path.abspath(args.content)], ports["lightship"])
    servers.append(lightship)
    newest = json.loads(fetch(ports["lightship"], "/feed.json", {})[1])["items"][0]["url"]
    incident = "/" + newest.split("/", 3)[3].split("#")[0]
    www = folder / "www"
    hyper = [os.path.abspath(args.bare_hyper), f"127.0.0.1:{ports['hyper']}"]
    gzip, plain = {"Accept-Encoding": "gzip"}, {"Accept-Encoding": "identity"}
    etags = {}
    for number, path in enumerate(["/", incident, "/feed.rss", "/feed.json"]):
        for _ in range(2):
            headers, body = fetch(ports["lightship"], path, gzip)
        file = nginx_file(www, path)
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(fetch(ports["lightship"], path, plain)[1])
        pathlib.Path(f"{file}.gz").write_bytes(body)
        etags[path] = headers["etag"] if "etag" in headers else headers["ETag"]
        (folder / f"{number}.head").write_text(
            "".join(f"{name}: {value}\n" for name, value in headers.items()))
        (folder / f"{number}.body").write_bytes(body)
        hyper += [path, f"{folder}/{number}.head", f"{folder}/{number}.body"]
    # The longest page uncompressed, under a path of its own for the bare server.
    headers, body = fetch(ports["lightship"], incident, plain)
    (folder / "plain.head").write_text("".join(f"{k}: {v}\n" for k, v in headers.items()))
    (folder / "plain.body").write_bytes(body)
    hyper += ["/plain", f"{folder}/plain.head", f"{folder}/plain.body"]
    servers.append(Server("hyper", hyper, ports["hyper"]))
    servers.append(Server("nginx", ["nginx", "-p", str(folder), "-c", str(nginx_config(folder, ports["nginx"]))],
                          ports["nginx"], children=True))
    nginx_etag = fetch(ports["nginx"], "/", gzip)[0]["ETag"]
    cases = [
        ("home", "/", gzip, {}),
        ("incident", incident, gzip, {}),
        ("feed.rss", "/feed.rss", gzip, {}),
        ("feed.json", "/feed.json", gzip, {}),
        ("304", "/", {**gzip, "If-None-Match": etags["/"]}, {}),
        (f"plain, {len(body) // 1000} KB", incident, plain, {}),
        ("new connections", "/", gzip, {"close": True}),
        ("5,000 idle beside", "/", gzip, {"crowd": 5000}),
    ]
    if args.only:
        cases = [case for case in cases if args.only in case[0]]
    figures = {}
    print(f"{'':20} {'lightship':>10} {'nginx':>10} {'hyper':>10}   {'/ nginx':>8} {'/ hyper':>8}   p99 ms")
    for name, path, headers, how in cases:
        seen = {server.name: [] for server in servers}
        for _ in range(args.rounds):
            for server in servers:
                asked, target = dict(headers), path
                if name == "304" and server.name == "nginx":
                    asked["If-None-Match"] = nginx_etag
                if name.startswith("plain") and server.name == "hyper":
                    target = "/plain"
                crowd = None
                if "crowd" in how:
                    crowd = Crowd(server.port, how["crowd"])
                seen[server.name].append(
                    load(server, target, asked, 64, args.seconds, how.get("close", False)))
                if crowd:
                    crowd.leave()
        rates = {who: statistics.median(rate for rate, _ in runs) for who, runs in seen.items()}
        waits = {who: statistics.median(wait for _, wait in runs) for who, runs in seen.items()}
        figures[name] = {"requests_per_cpu_second": rates, "p99_ms": waits}
        ours = rates["lightship"]
        print(f"{name:20} {ours:10.0f} {rates['nginx']:10.0f} {rates['hyper']:10.0f}   "
              f"{ours / rates['nginx']:8.2f} {ours / rates['hyper']:8.2f}   "
              f"{waits['lightship']:.2f} / {waits['nginx']:.2f} / {waits['hyper']:.2f}", flush=True)
    return figures


if __name__ == "__main__":
    main()
