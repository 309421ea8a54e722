"""What open pages cost that are told what changes, and how soon all of them are told. For
comparison, what publishing takes when nobody has a page open."""

import pathlib
import re
import selectors
import socket
import statistics
import tempfile
import time

import report
from history import Server, generator_of, make_history, options_of
from publishing import Wire, publish


class Tabs:
    """Open pages: most show the home page, every tenth the page of one of the newest incidents."""

    def __init__(self, server, count, slugs):
        self.selector = selectors.DefaultSelector()
        self.sockets, shown = [], {}
        for number in range(count):
            path = f"/incidents/{slugs[number // 10 % len(slugs)]}" if number % 10 == 0 else "/"
            if path not in shown:
                page = server.get(path)[1].decode()
                shown[path] = re.search('data-page="([^"]+)"', page)[1]
            connection = socket.create_connection(("127.0.0.1", server.port), timeout=60)
            connection.sendall(f"GET /live?page={path}&seen={shown[path]} HTTP/1.1\r\n"
                               f"Host: 127.0.0.1:{server.port}\r\n\r\n".encode())
            connection.setblocking(False)
            self.sockets.append((connection, path))
            self.selector.register(connection, selectors.EVENT_READ, number)
        self.settle()

    def settle(self):
        """Reads until nothing has come for a while."""
        while self.take(1.5):
            pass

    def take(self, patience):
        """Reads what has come; returns which ones have got something."""
        got = []
        for key, _ in self.selector.select(patience):
            data = key.fileobj.recv(1 << 18)
            if not data:
                raise SystemExit("a stream ended")
            got.append((key.data, data))
        return got

    def wait_for(self, marker, path):
        """The seconds until each of those that show `path` has got `marker`."""
        waiting = {number for number, (_, own) in enumerate(self.sockets) if own == path}
        left, begun, times = {}, time.perf_counter(), []
        while waiting:
            for number, data in self.take(10):
                left[number] = left.get(number, b"")[-len(marker):] + data
                if number in waiting and marker in left[number]:
                    waiting.discard(number)
                    times.append(time.perf_counter() - begun)
            if time.perf_counter() > begun + 30:
                raise SystemExit(f"{len(waiting)} were never told")
        return times

    def close(self):
        self.selector.close()
        for connection, _ in self.sockets:
            connection.close()


def main():
    parser = options_of(__doc__)
    parser.add_argument("--incidents", type=int, default=10_000)
    parser.add_argument("--components", type=int, default=20)
    parser.add_argument("--tabs", type=int, default=2000)
    options = parser.parse_args()
    facts = report.machine()
    binary = pathlib.Path(options.lightship).resolve()
    folder = pathlib.Path(options.histories) / f"components-{options.components}"
    folder.mkdir(parents=True, exist_ok=True)
    history = make_history(generator_of(binary), folder, options.incidents,
                           components=options.components)
    with tempfile.TemporaryDirectory(dir=folder) as work:
        server = Server(binary, history, pathlib.Path(work) / "server")
        server.start()
        poster, reader = Wire(server), Wire(server)
        slugs = [server.post("/incidents", {"title": f"Open number {number}", "markdown": "It is measured."},
                             server.connect())["slug"] for number in range(5)]
        slug = slugs[0]
        time.sleep(3)
        alone = [publish(slug, number, poster, reader)[0] for number in range(options.rounds * 4)]
        before = server.resident_mb()
        tabs = Tabs(server, options.tabs, slugs)
        opened = server.resident_mb()
        firsts, lasts, cost = [], [], []
        for number in range(options.rounds * 4):
            marker = f"Told to all, number {number:04} x"
            question = poster.update(slug, {"markdown": marker})
            begun = time.perf_counter()
            poster.ask(question)
            answered = time.perf_counter() - begun
            times = tabs.wait_for(marker.encode(), "/")
            firsts.append(answered + min(times))
            lasts.append(answered + max(times))
            cost.append(answered)
            tabs.settle()
        after = server.resident_mb()
        with_tabs = []
        for number in range(1000, 1000 + options.rounds * 4):
            with_tabs.append(publish(slug, number, poster, reader)[0])
            tabs.settle()
        tabs.close()
        server.stop()
    ms = lambda times: round(statistics.median(times) * 1000, 1)
    figures = {"tabs": options.tabs, "before_mb": round(before, 1), "opened_mb": round(opened, 1),
               "after_mb": round(after, 1), "first_ms": ms(firsts), "last_ms": ms(lasts),
               "worst_ms": round(max(lasts) * 1000, 1), "visible_alone_ms": ms(alone),
               "visible_ms": ms(with_tabs)}
    rows = [("memory without open pages, MB", figures["before_mb"], ""),
            ("with them", figures["opened_mb"], f"{figures['before_mb'] + 20:.1f}"),
            ("after they were told of many updates", figures["after_mb"],
             f"{figures['before_mb'] + 20:.1f}"),
            ("posted to the first one told, ms", figures["first_ms"], ""),
            ("posted to the last one told", figures["last_ms"], "1000"),
            ("the same, the worst of all updates", figures["worst_ms"], "1000"),
            ("posted to visible without open pages", figures["visible_alone_ms"], ""),
            ("with them", figures["visible_ms"], "")]
    table = report.table(("", "", "to be at most"), rows)
    said = (f"{report.said(facts)} {options.tabs:,} open pages, nine of ten the home page; "
            f"{options.incidents:,} incidents, {options.components} components; "
            f"{options.rounds * 4} updates; medians. The client that reads all streams shares the "
            "two cores.")
    print(table)
    if options.document:
        report.write_block(options.document, "live", f"{said}\n\n{table}")
    if options.json:
        report.write_json(options.json, {**facts, **figures})


if __name__ == "__main__":
    main()
