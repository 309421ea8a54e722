"""Reading: Lightship beside nginx and a bare hyper server, by requests per second of CPU time.

All serve the same bytes with the same headers, one server after the other in each round, in
changing order. The server runs on one core, the load generator (wrk) on another. Prints medians
over the rounds and their ratios; writes them into a document and as JSON if asked.
"""

import argparse
import json
import os
import pathlib
import re
import resource
import shutil
import socket
import statistics
import subprocess
import tempfile
import time

import report
from servers import (Server, cpu_seconds, fetch, free_port, nginx_config, nginx_file,
                     resident_bytes)

LOAD_CORE = "1"
GZIP, PLAIN = {"Accept-Encoding": "gzip"}, {"Accept-Encoding": "identity"}

# The target ratios, to nginx and to bare hyper.
TARGETS = {"home": (1.4, 0.95), "incident": (1.4, 0.95), "feed.rss": (1.4, 0.95),
           "feed.json": (1.4, 0.95), "304": (1.1, None), "uncompressed": (1.0, None),
           "new connections": (0.95, None)}


class Case:
    """A request that each server gets in turn."""

    def __init__(self, name, path, headers, close=False, crowd=0):
        self.name, self.path, self.headers = name, path, headers
        self.close, self.crowd = close, crowd

    def of(self, server):
        """Port, path and headers, because paths and ETags differ between servers."""
        headers = {**self.headers, **({"Connection": "close"} if self.close else {})}
        path = server.paths.get((self.path, self.headers["Accept-Encoding"]), self.path)
        port = server.port
        if self.name == "304":
            headers["If-None-Match"] = server.etag
            port = server.port_304
        return port, path, headers


class Crowd:
    """Connections that have read a page and stay open and idle."""

    def __init__(self, port, count):
        self.sockets = [socket.create_connection(("127.0.0.1", port)) for _ in range(count)]
        for one in self.sockets:
            one.sendall(b"GET / HTTP/1.1\r\nHost: x\r\nAccept-Encoding: gzip\r\n\r\n")
        for one in self.sockets:
            one.recv(65536)

    def leave(self):
        for one in self.sockets:
            one.close()


def load(server, case, seconds):
    """Runs wrk once; returns requests per second of server CPU time and the 99th percentile in ms."""
    port, path, headers = case.of(server)
    command = ["taskset", "-c", LOAD_CORE, "wrk", "-t1", "-c64", f"-d{seconds}s", "--latency"]
    for name, value in headers.items():
        command += ["-H", f"{name}: {value}"]
    alone = resident_bytes(server.pids)
    crowd = Crowd(port, case.crowd)
    if case.crowd:
        grown = resident_bytes(server.pids) - alone
        server.bytes_each = max(server.bytes_each, grown / case.crowd)
    before = cpu_seconds(server.pids)
    told = subprocess.run([*command, f"http://127.0.0.1:{port}{path}"],
                          capture_output=True, text=True, check=True).stdout
    used = cpu_seconds(server.pids) - before
    crowd.leave()
    failed = re.search(r"Non-2xx or 3xx responses: (\d+)", told)
    if failed:
        raise SystemExit(f"{server.name} answered {failed[1]} requests of {path} with an error")
    requests = int(re.search(r"(\d+) requests in", told)[1])
    number, unit = re.search(r"99%\s+([\d.]+)(us|ms|s)", told).groups()
    return requests / used, float(number) * {"us": 0.001, "ms": 1, "s": 1000}[unit]


def start(args, folder, servers):
    """Starts all three servers with the same bytes, and returns the cases."""
    ports = {name: free_port() for name in ["lightship", "nginx", "nginx 304", "hyper"]}
    lightship = Server("lightship", [
        os.path.abspath(args.lightship), "serve", "--listen", f"127.0.0.1:{ports['lightship']}",
        "--database", f"sqlite:{folder}/bench.db", "--content", os.path.abspath(args.content)],
        ports["lightship"])
    servers.append(lightship)
    lightship.paths = {}
    ask = lambda path, headers: fetch(ports["lightship"], path, headers)
    items = json.loads(ask("/feed.json", {})[1])["items"]
    pages = list(dict.fromkeys("/" + item["url"].split("/", 3)[3].split("#")[0] for item in items))
    feeds = ["/feed.rss", "/feed.atom", "/feed.json"]
    # The document with a size nearest to 35 KB, for the case without compression.
    sizes = {path: len(ask(path, PLAIN)[1]) for path in ["/", "/history", *feeds, *pages]}
    long = min(sizes, key=lambda path: abs(sizes[path] - 35_000))
    hyper = [os.path.abspath(args.bare_hyper), f"127.0.0.1:{ports['hyper']}"]
    hyper_paths, nginx_paths = {}, {}
    wanted = [(path, GZIP) for path in ["/", pages[0], "/feed.rss", "/feed.json"]] + [(long, PLAIN)]
    wait_until_packed(lightship)
    for number, (path, encoding) in enumerate(wanted):
        headers, body = ask(path, encoding)
        if path == "/":
            shown = headers
        file = nginx_file(folder / "www", path)
        file.parent.mkdir(parents=True, exist_ok=True)
        if encoding is GZIP:
            pathlib.Path(f"{file}.gz").write_bytes(body)
            body_plain = ask(path, PLAIN)[1]
        else:
            body_plain = body
        file.write_bytes(body_plain)
        key = (path, encoding["Accept-Encoding"])
        nginx_paths[key] = "/" + str(file.relative_to(folder / "www"))
        hyper_paths[key] = f"/{number}"
        (folder / f"{number}.head").write_text(
            "".join(f"{name}: {value}\n" for name, value in headers.items()))
        (folder / f"{number}.body").write_bytes(body)
        hyper += [f"/{number}", f"{folder}/{number}.head", f"{folder}/{number}.body"]
    servers.append(Server("hyper", hyper, ports["hyper"]))
    config = nginx_config(folder, ports["nginx"], ports["nginx 304"], shown,
                          args.nginx_sendfile)
    servers.append(Server("nginx", ["nginx", "-p", str(folder), "-c", str(config)],
                          ports["nginx"], children=True))
    for server, paths in zip(servers, [{}, hyper_paths, nginx_paths]):
        server.paths = paths
        home = paths.get(("/", "gzip"), "/")
        server.etag = fetch(server.port, home, GZIP)[0]["etag"]
        server.port_304 = ports["nginx 304"] if server.name == "nginx" else server.port
    cases = [
        Case("home", "/", GZIP),
        Case("incident", pages[0], GZIP),
        Case("feed.rss", "/feed.rss", GZIP),
        Case("feed.json", "/feed.json", GZIP),
        Case("304", "/", GZIP),
        Case("uncompressed", long, PLAIN),
        Case("new connections", "/", GZIP, close=True),
        Case("5,000 idle beside", "/", GZIP, crowd=5000),
    ]
    for case in cases:
        sent = fetch(lightship.port, case.path, case.headers)[1]
        case.told = f"{case.path}, {len(sent):,} bytes"
    check_same(servers, cases)
    return cases


def wait_until_packed(server):
    """Waits until the background compression of all requested pages is complete. Until then, their
    bytes change, and the comparison would use outdated ones."""
    quiet, before = 0, cpu_seconds(server.pids)
    while quiet < 3:
        time.sleep(1)
        now = cpu_seconds(server.pids)
        quiet = quiet + 1 if now - before < 0.02 else 0
        before = now


def check_same(servers, cases):
    """Fails unless all servers send the same bytes; otherwise the comparison isn't fair."""
    for case in cases:
        if case.name == "304":
            continue
        bodies = []
        for server in servers:
            port, path, headers = case.of(server)
            bodies.append(fetch(port, path, headers)[1])
        if any(body != bodies[0] for body in bodies):
            raise SystemExit(f"{case.name}: the servers don't send the same bytes")


def measure(args):
    """Runs all rounds. Each one restarts the servers, because a process's speed depends on its
    memory layout, which doesn't change while it runs."""
    seen = {}
    for turn in range(args.rounds):
        folder = pathlib.Path(tempfile.mkdtemp(prefix="lightship-bench-"))
        folder.chmod(0o755)
        servers = []
        try:
            cases = start(args, folder, servers)
            cases = [case for case in cases if args.only in case.name]
            for case in cases:
                runs = seen.setdefault(case.name, {})
                # The first server of a round changes.
                order = servers[turn % len(servers):] + servers[:turn % len(servers)]
                for server in order:
                    runs.setdefault(server.name, []).append(load(server, case, args.seconds))
                if case.crowd:
                    lone = Case("home", case.path, case.headers)
                    runs.setdefault("alone", []).append(load(servers[0], lone, args.seconds))
                    for server in servers:
                        held = runs.setdefault("held", {})
                        held[server.name] = max(server.bytes_each, held.get(server.name, 0))
            check_same(servers, cases)
        finally:
            for server in servers:
                server.stop()
            shutil.rmtree(folder)
        print(f"  round {turn + 1} of {args.rounds}", flush=True)
    return cases, seen


def summed_up(cases, seen):
    rows, figures = [], {}
    for case in cases:
        runs = seen[case.name]
        held = runs.pop("held", {})
        rate = {who: statistics.median(rate for rate, _ in of) for who, of in runs.items()}
        wait = {who: statistics.median(wait for _, wait in of) for who, of in runs.items()}
        figures[case.name] = {"asked": case.told, "requests_per_cpu_second": rate, "p99_ms": wait,
                              "runs": runs}
        to_nginx, to_hyper = TARGETS.get(case.name, (None, None))
        ratio = lambda other, target: f"{rate['lightship'] / rate[other]:.2f}" + (
            f" (≥ {target:g})" if target else "")
        rows.append([
            f"{case.name}: {case.told}",
            *(f"{rate[who]:,.0f}" for who in ["lightship", "nginx", "hyper"]),
            ratio("nginx", to_nginx), ratio("hyper", to_hyper),
            " / ".join(f"{wait[who]:.2f}" for who in ["lightship", "nginx", "hyper"])])
        if case.crowd:
            beside = rate["lightship"] / rate["alone"]
            figures[case.name]["to_alone"] = beside
            rows.append([f"the same, to Lightship without them: {beside:.2f} (≥ 0.95)"]
                        + [""] * 6)
            figures[case.name]["bytes_for_an_idle_connection"] = held
            told = [f"{held[who]:,.0f}" for who in ["lightship", "nginx", "hyper"]]
            rows.append(["bytes that an idle connection holds", *told, "", "", ""])
    header = ["case", "Lightship", "nginx", "bare hyper", "/ nginx", "/ hyper", "p99 ms, L / n / h"]
    return report.table(header, rows), figures


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--lightship", default="target/release/lightship")
    parser.add_argument("--bare-hyper", required=True)
    parser.add_argument("--content", default="content")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--seconds", type=int, default=3)
    parser.add_argument("--nginx-sendfile", choices=["on", "off"], default="on")
    parser.add_argument("--only", default="", help="only cases whose name holds this")
    parser.add_argument("--json", help="write the figures here")
    parser.add_argument("--document", help="write the table into this document")
    args = parser.parse_args()
    most = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
    resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))
    facts = report.machine()
    cases, seen = measure(args)
    table, figures = summed_up(cases, seen)
    how = (f"{report.said(facts)} {args.rounds} rounds of {args.seconds} s, the servers started "
           "anew for each; medians; requests per "
           "second of server CPU time; in brackets what the ratio is to be.")
    print(f"\n{how}\n\n{table}")
    if args.json:
        report.write_json(args.json, {"machine": facts, "rounds": args.rounds,
                                      "seconds": args.seconds, "cases": figures})
    if args.document:
        report.write_block(args.document, "reading", f"{how}\n\n{table}")


if __name__ == "__main__":
    main()
