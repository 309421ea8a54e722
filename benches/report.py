"""Writes figures into docs/performance.md: a block between two marks, replaced by each run."""

import datetime
import json
import os
import pathlib
import platform
import re
import subprocess


def machine():
    """The machine and the commit, in a few words."""
    cpu = platform.processor() or "unknown processor"
    for line in pathlib.Path("/proc/cpuinfo").read_text().splitlines():
        if line.startswith("model name"):
            cpu = line.split(":", 1)[1].strip()
            break
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30
    commit = subprocess.run(["git", "rev-parse", "--short", "HEAD"],
                            capture_output=True, text=True).stdout.strip() or "unknown"
    load = os.getloadavg()[0]
    return {
        "date": datetime.datetime.now(datetime.timezone.utc).strftime("%Y-%m-%d %H:%M UTC"),
        "cpu": f"{os.cpu_count()} × {cpu}",
        "memory": f"{memory:.0f} GiB",
        "system": f"Linux {platform.release()}",
        "commit": commit,
        "load": f"{load:.1f}",
    }


def said(facts):
    """The facts as a sentence."""
    return (f"Measured {facts['date']} on {facts['cpu']}, {facts['memory']}, {facts['system']}, "
            f"commit {facts['commit']}; load average at the start {facts['load']}.")


def table(header, rows):
    """A table in Markdown, with right-aligned figures."""
    lines = [" | ".join(header), " | ".join(["---"] + ["---:"] * (len(header) - 1))]
    lines += [" | ".join(str(cell) for cell in row) for row in rows]
    return "\n".join(f"| {line} |" for line in lines)


def write_block(path, name, text):
    """Replaces what is between the marks `name:begin` and `name:end` of a document by `text`."""
    file = pathlib.Path(path)
    begin, end = f"<!-- {name}:begin -->", f"<!-- {name}:end -->"
    pattern = re.compile(re.escape(begin) + ".*?" + re.escape(end), re.DOTALL)
    document = file.read_text()
    if not pattern.search(document):
        raise SystemExit(f"{path} has no place for {name}: it lacks {begin} and {end}")
    block = f"{begin}\n{text.strip()}\n{end}"
    file.write_text(pattern.sub(lambda _: block, document))


def write_json(path, figures):
    """Writes the figures as JSON, for programs."""
    pathlib.Path(path).write_text(json.dumps(figures, indent=2, ensure_ascii=False) + "\n")
