"""Gives `lightship check` posts that no person would write: those of the sample content and the
corpus, with pieces cut out, doubled, exchanged and spoiled. Fails if it ends otherwise than with
"fine" or "there are problems", takes long, or names a line that the file doesn't have."""

import argparse
import json
import pathlib
import random
import re
import shutil
import subprocess
import sys
import tempfile
import time

ROOT = pathlib.Path(__file__).resolve().parent.parent
PIECES = ["UPDATE", "**UPDATE**", "UPDATE 2/30/2013 25:61 am XST:", "\u202e", "\0", "\ufeff", "---",
          "```", "<!--", "![](", "[x](javascript:x)", "| a |\n|---|", "    ", "\t", "\r\n", "\n\n",
          "9" * 400, "é" * 50, "# ", "> ", "&#x0;", "<table>" * 20, "*" * 500, "🙂", "1970-01-01",
          "UPDATE 02/26/2013 2:15am MST:", "restore: true", "components: [selma", "date: [", "%"]
FILES = 40
LONGEST_S = 20


def spoil(text, random_one):
    """The text after a few changes."""
    for _ in range(random_one.randint(1, 6)):
        at = random_one.randint(0, len(text))
        until = min(len(text), at + random_one.choice([0, 1, 5, 40, 400]))
        part = text[at:until]
        text = random_one.choice([
            lambda: text[:at] + text[until:],
            lambda: text[:at] + part * 3 + text[until:],
            lambda: text[:at] + random_one.choice(PIECES) + text[until:],
            lambda: text[:at] + part[::-1] + text[until:],
            lambda: text[:at] + part.upper() + text[until:],
        ])()
    return text


def seeds():
    texts = [path.read_text() for path in (ROOT / "content" / "incidents").glob("*.md")]
    for path in (ROOT / "tests" / "corpus").glob("*.jsonl"):
        for line in path.read_text().splitlines():
            if line.strip():
                found = json.loads(line)
                texts += [value for value in found.values()
                          if isinstance(value, str) and len(value) > 20]
    return texts


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--lightship", default=ROOT / "target" / "release" / "lightship")
    parser.add_argument("--minutes", type=float, default=10)
    parser.add_argument("--seed", type=int, default=int(time.time()))
    options = parser.parse_args()
    random_one, texts = random.Random(options.seed), seeds()
    end, runs, problems = time.time() + options.minutes * 60, 0, 0
    while time.time() < end:
        with tempfile.TemporaryDirectory() as work:
            content = pathlib.Path(work) / "content"
            (content / "incidents").mkdir(parents=True)
            shutil.copy(ROOT / "content" / "site.toml", content)
            for number in range(FILES):
                text = spoil(random_one.choice(texts), random_one)
                if not text.startswith("---"):
                    text = "---\ntitle: It is down\ndate: 2013-02-26 02:15\n---\n" + text
                file = content / "incidents" / f"2013-02-{number % 28 + 1:02}-post-{number}.md"
                file.write_bytes(text.encode("utf-8", "surrogatepass"))
            ran = subprocess.run([options.lightship, "check", "--json", "--content", content],
                                 capture_output=True, timeout=LONGEST_S, check=False)
            what = f"seed {options.seed}, run {runs}"
            if ran.returncode not in (0, 1) or b"panicked" in ran.stderr:
                kept = pathlib.Path(tempfile.mkdtemp(prefix="lightship-fuzz-"))
                shutil.copytree(content, kept / "content")
                sys.exit(f"{what}: exit code {ran.returncode}, {ran.stderr.decode()[-2000:]}\n"
                         f"the posts are kept in {kept}")
            for problem in json.loads(ran.stdout)["problems"]:
                problems += 1
                # A carriage return alone ends a line, too, as in Markdown.
                text = (content / problem["file"]).read_bytes()
                lines = len(re.findall(rb"\r\n|\r|\n", text)) + 1
                if problem["line"] > lines:
                    sys.exit(f"{what}: {problem} names a line after the last, {lines}")
            runs += 1
    print(json.dumps({"seed": options.seed, "runs": runs, "posts": runs * FILES,
                      "problems": problems}))


if __name__ == "__main__":
    main()
