"""Runs the queries of docs/grafana.json and the rules of docs/alerts.yml on a real Prometheus that
scrapes a running Lightship. scripts/dashboard.sh calls it with the path of the program."""

import json
import math
import os
import pathlib
import socket
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.parse
import urllib.request

ROOT = pathlib.Path(__file__).resolve().parents[1]
# How long to wait for what must come.
PATIENCE = 60


def free_port():
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return one.getsockname()[1]


def ask(url, body=None, headers=None):
    """Returns status and body."""
    data = json.dumps(body).encode() if body is not None else None
    request = urllib.request.Request(url, data, headers or {})
    try:
        with urllib.request.urlopen(request, timeout=10) as answer:
            return answer.status, answer.read().decode()
    except urllib.error.HTTPError as error:
        return error.code, error.read().decode()


def until(what, is_so):
    deadline = time.monotonic() + PATIENCE
    while time.monotonic() < deadline:
        try:
            found = is_so()
        except OSError:
            found = None
        if found:
            return found
        time.sleep(0.2)
    sys.exit(f"{what}: not within {PATIENCE} s")


def happen(site, token):
    """A little of everything: pages, an error, a wrong token, a change."""
    for path in ["/", "/", "/history", "/feed.rss", "/components", "/nothing-here", "/healthz"]:
        ask(site + path)
    ask(site + "/api/v1/tokens", headers={"Authorization": "Bearer wrong"})
    headers = {"Authorization": f"Bearer {token}", "Content-Type": "application/json"}
    _, listed = ask(site + "/api/v1/components", headers=headers)
    slug = json.loads(listed)["components"][0]["slug"]
    body = {"title": f"Trial {time.time()}", "markdown": "Only a trial.",
            "components": {slug: "major_outage"}}
    status, text = ask(site + "/api/v1/incidents", body, headers)
    if status != 201:
        sys.exit(f"the trial incident wasn't taken: {status} {text}")
    return slug


def query(prometheus, expr):
    """The series that a query returns, without those that aren't a number."""
    expr = expr.replace("$__rate_interval", "1m").replace("$instance", ".*")
    url = f"{prometheus}/api/v1/query?" + urllib.parse.urlencode({"query": expr})
    status, text = ask(url)
    answer = json.loads(text)
    if answer["status"] != "success":
        sys.exit(f"{expr}: {status} {answer['error']}")
    series = answer["data"]["result"]
    return [one for one in series if not math.isnan(float(one["value"][1]))]


def main(program, folder):
    ports = {name: free_port() for name in ["site", "metrics", "prometheus"]}
    site = f"http://127.0.0.1:{ports['site']}"
    prometheus = f"http://127.0.0.1:{ports['prometheus']}"
    database = f"sqlite:{folder}/trial.db"
    content = ROOT / "content"
    (folder / "prometheus.yml").write_text(f"""
global: {{scrape_interval: 1s, evaluation_interval: 1s}}
rule_files: ["{ROOT}/docs/alerts.yml"]
scrape_configs:
  - job_name: lightship
    static_configs: [{{targets: ["127.0.0.1:{ports['metrics']}"]}}]
""")
    children = []
    try:
        with open(folder / "log", "w", encoding="utf-8") as log:
            children.append(subprocess.Popen(
                [program, "serve", "--listen", f"127.0.0.1:{ports['site']}",
                 "--metrics-listen", f"127.0.0.1:{ports['metrics']}",
                 "--database", database, "--content", content], stdout=log, stderr=log))
            children.append(subprocess.Popen(
                ["prometheus", f"--config.file={folder}/prometheus.yml",
                 f"--storage.tsdb.path={folder}/data",
                 f"--web.listen-address=127.0.0.1:{ports['prometheus']}"],
                stdout=log, stderr=log))
        until("Lightship serves", lambda: ask(site + "/healthz")[0] == 200)
        token = subprocess.run(
            [program, "token", "create", "trial", "--scope", "admin", "--database", database],
            capture_output=True, text=True, check=True).stdout
        token = next(word for word in token.split() if word.startswith("lsp_"))
        # A rate needs a sample from before.
        until("Prometheus scrapes", lambda: query(prometheus, "lightship_revision"))
        slug = happen(site, token)
        wrong = 'lightship_failed_sign_ins_total{way="api"} > 0'
        until("Prometheus scrapes again", lambda: query(prometheus, wrong))
        happen(site, token)
        dashboard = json.loads((ROOT / "docs/grafana.json").read_text(encoding="utf-8"))
        for panel in dashboard["panels"]:
            for target in panel["targets"]:
                expr = target["expr"]
                series = until(expr, lambda expr=expr: query(prometheus, expr))
                shown = series[0]["value"][1] if series else "no data"
                print(f"{panel['title']:28} {len(series):4} series, the first is {shown}")
        down = f'ALERTS{{alertname="LightshipComponentDown",component="{slug}"}}'
        until("the alert on a component that is down", lambda: query(prometheus, down))
        groups = json.loads(ask(f"{prometheus}/api/v1/rules")[1])["data"]["groups"]
        rules = [rule for group in groups for rule in group["rules"]]
        ill = [rule["name"] for rule in rules if rule["health"] != "ok"]
        print(f"{len(rules)} rules, of which can't be evaluated: {ill or 'none'}")
        if ill or not rules:
            sys.exit(1)
    finally:
        for child in children:
            child.terminate()
        for child in children:
            child.wait()


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as temporary:
        main(os.path.abspath(sys.argv[1]), pathlib.Path(temporary))
