"""A server that is posted to, corrected and read for a while. Fails if a request fails, if what was
acknowledged isn't there in the end, or if memory or open files grow without bound."""

import argparse
import json
import pathlib
import sys
import tempfile
import threading
import time

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent / "benches"))
from history import ROOT, Server  # noqa: E402

# Memory and open files in the last third of the time, as a multiple of those in the second.
MOST = 1.25


def read(server, state):
    """Reads pages, feeds and documents, each on a connection that is kept for a while."""
    paths = ["/", "/history", "/feed.rss", "/feed.atom", "/feed.json", "/api/v2/summary.json",
             "/components", "/nowhere", "/badge.svg", "/calendar.ics"]
    connection, count = server.connect(), 0
    while not state["over"]:
        count += 1
        if count % 50 == 0:
            connection.close()
            connection = server.connect()
        path = paths[count % len(paths)]
        status, _ = server.get(path, connection)
        if status != (404 if path == "/nowhere" else 200):
            state["failed"].append(f"{path}: {status}")
        state["reads"] += 1
        time.sleep(0.002)


def open_files(server):
    return len(list(pathlib.Path(f"/proc/{server.process.pid}/fd").iterdir()))


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--lightship", default=ROOT / "target" / "release" / "lightship")
    parser.add_argument("--minutes", type=float, default=10)
    options = parser.parse_args()
    state = {"over": False, "reads": 0, "failed": []}
    with tempfile.TemporaryDirectory() as work:
        server = Server(pathlib.Path(options.lightship).resolve(), None, pathlib.Path(work) / "soak")
        server.start()
        readers = [threading.Thread(target=read, args=(server, state)) for _ in range(3)]
        for reader in readers:
            reader.start()
        begun, posted, samples, slug = time.time(), [], [], None
        end = begun + options.minutes * 60
        writer = server.connect()
        while time.time() < end:
            number = len(posted)
            if number % 40 == 0:
                slug = server.post("/incidents", {"title": f"Incident {number}",
                                                  "markdown": "It begins."}, writer)["slug"]
            text = f"Update number {number} x"
            server.post(f"/incidents/{slug}/updates", {"markdown": text}, writer)
            posted.append((slug, text))
            samples.append((time.time() - begun, server.resident_mb(), open_files(server)))
            time.sleep(0.05)
        state["over"] = True
        for reader in readers:
            reader.join()
        missing = []
        for slug in {slug for slug, _ in posted}:
            page = server.get(f"/incidents/{slug}.md")[1].decode()
            missing += [text for other, text in posted
                        if other == slug and page.count(text) != 1]
        server.stop()
    third = len(samples) // 3
    parts = [samples[third:2 * third], samples[2 * third:]]
    memory, files = ([max(sample[what] for sample in part) for part in parts] for what in (1, 2))
    print(json.dumps({"minutes": options.minutes, "posts": len(posted), "reads": state["reads"],
                      "failed": len(state["failed"]), "missing": len(missing),
                      "memory_mb": [round(it, 1) for it in memory], "open_files": files}))
    if state["failed"] or missing:
        raise SystemExit(f"failed: {state['failed'][:5]}; missing: {missing[:5]}")
    for what, (before, after) in (("memory", memory), ("open files", files)):
        if after > MOST * before:
            raise SystemExit(f"{what} grew from {before} to {after}")


if __name__ == "__main__":
    main()
