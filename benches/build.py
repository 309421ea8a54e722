"""The site as files (`lightship build`): size and time of the first build, of one with nothing to
do and of one after a change, and how soon a change is in the folder with --watch. The reference is
`cp -r` of the same folder."""

import json
import os
import pathlib
import shutil
import statistics
import subprocess
import tempfile
import time

import history
import report

# A file that is written late is given up after this many seconds.
PATIENCE = 120


def run(command):
    """Seconds, megabytes of memory at the most, and what the command says."""
    begun = time.perf_counter()
    process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL,
                               env={**os.environ, "LIGHTSHIP_LOG": "error"}, text=True)
    said = process.stdout.read()
    _, status, used = os.wait4(process.pid, 0)
    # The process has been waited for.
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        raise SystemExit(f"{command} failed: {said}")
    return time.perf_counter() - begun, used.ru_maxrss / 1024, said.strip()


def post(server, number):
    """Posts an update to the newest incident."""
    # One that had nothing to do during a build is closed.
    connection = server.connect()
    feed = json.loads(server.get("/feed.json", connection)[1])
    slug = feed["items"][0]["url"].split("/incidents/")[1].split("#")[0]
    body = {"markdown": f"It goes on: {number}.", "again": True}
    server.post(f"/incidents/{slug}/updates", body, connection)


def watched(command, folder, change):
    """Seconds from a change until the home page with it is in the folder."""
    process = subprocess.Popen([*command, "--watch"], stdout=subprocess.PIPE, text=True,
                               stderr=subprocess.DEVNULL)
    process.stdout.readline()
    home = folder / "index.html"
    before = home.stat().st_ino
    change()
    begun = time.perf_counter()
    while home.stat().st_ino == before:
        if time.perf_counter() - begun > PATIENCE:
            raise SystemExit("the change wasn't written")
        time.sleep(0.005)
    took = time.perf_counter() - begun
    process.terminate()
    process.wait(30)
    return took


def measure(asked, database, content, whole):
    """Figures of one site."""
    server = history.Server(asked.lightship, database, whole / "server", content)
    server.start()
    folder, copy = whole / "site", whole / "copy"
    command = [str(asked.lightship), "build", str(folder), "--database", server.url,
               "--content", str(server.content)]
    figures = {name: [] for name in ["first", "nothing", "change", "watch", "copy", "memory"]}
    for number in range(asked.rounds):
        for old in [folder, copy]:
            shutil.rmtree(old, ignore_errors=True)
        seconds, memory, _ = run(command)
        figures["first"].append(seconds)
        figures["memory"].append(memory)
        figures["copy"].append(run(["cp", "-r", str(folder), str(copy)])[0])
        figures["nothing"].append(run(command)[0])
        post(server, 2 * number)
        seconds, _, said = run(command)
        figures["change"].append(seconds)
        change = lambda: post(server, 2 * number + 1)
        figures["watch"].append(watched(command, folder, change))
    server.stop()
    found = {name: statistics.median(values) for name, values in figures.items()}
    files = [path for path in folder.rglob("*") if path.is_file()]
    found["files"] = len(files)
    found["megabytes"] = sum(path.stat().st_size for path in files) / 1e6
    found["said"] = said
    return found


def main():
    parser = history.options_of(__doc__)
    parser.add_argument("--sizes", type=int, nargs="*", default=[10_000])
    asked = parser.parse_args()
    facts = report.machine()
    pathlib.Path(asked.histories).mkdir(parents=True, exist_ok=True)
    sites = [("the sample site", None, history.ROOT / "content")]
    for size in asked.sizes:
        generator = history.generator_of(asked.lightship)
        made = history.make_history(generator, asked.histories, size)
        sites.append((f"{size:,} incidents", made, None))
    figures, rows = {}, []
    for name, database, content in sites:
        with tempfile.TemporaryDirectory() as whole:
            found = figures[name] = measure(asked, database, content, pathlib.Path(whole))
        rows.append([name, f"{found['files']:,}", f"{found['megabytes']:.1f}",
                     f"{found['first']:.2f}", f"{found['copy']:.2f}",
                     f"{found['first'] / found['copy']:.1f}", f"{found['nothing']:.2f}",
                     f"{found['change']:.2f}", f"{found['watch']:.2f}", f"{found['memory']:.0f}"])
    header = ["Site", "Files", "MB", "First build, s", "`cp -r`, s", "Ratio", "Nothing to do, s",
              "One update, s", "One update with `--watch`, s", "Memory, MB"]
    text = report.said(facts) + "\n\n" + report.table(header, rows)
    print(text)
    if asked.document:
        report.write_block(asked.document, "build", text)
    if asked.json:
        report.write_json(asked.json, {"machine": facts, "figures": figures})


if __name__ == "__main__":
    main()
