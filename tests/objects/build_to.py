"""Builds the page of a real server into buckets, and reads what is there.

LIGHTSHIP_BINARY says which program."""

import json
import os
import pathlib
import signal
import subprocess
import tempfile
import time
import urllib.error
import urllib.parse
import urllib.request

from store import MANIFEST, UNFINISHED, Bucket, Store, free_port

# A path that isn't whole begins at the project's folder.
ROOT = pathlib.Path(__file__).resolve().parent.parent.parent
BINARY = str(ROOT / os.environ["LIGHTSHIP_BINARY"])
HERE = pathlib.Path(tempfile.mkdtemp(prefix="lightship-objects-"))
CONTENT = HERE / "content"
DATABASE = f"sqlite:{HERE}/lightship.db"
OPTIONS = ["--database", DATABASE, "--content", str(CONTENT)]
SVG = '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 4 1"/>'
PATIENCE_SECS = 60


def wait_for(what, look):
    until = time.monotonic() + PATIENCE_SECS
    while time.monotonic() < until:
        found = look()
        if found:
            return found
        time.sleep(0.02)
    raise SystemExit(f"not seen: {what}")


def check(is_so, *what):
    if not is_so:
        raise SystemExit(f"wrong: {what}")


class Server:
    """The server over the database, which staff post to."""

    def __enter__(self):
        place = f"127.0.0.1:{free_port()}"
        self.url = f"http://{place}"
        serve = [BINARY, "serve", "--listen", place, *OPTIONS]
        self.running = subprocess.Popen(serve, stderr=(HERE / "server.log").open("wb"))
        wait_for("the server", lambda: self.get("/healthz") is not None)
        create = [BINARY, "token", "create", "test", "--scope", "admin", "--database", DATABASE]
        self.token = subprocess.run(create, check=True, capture_output=True, text=True).stdout
        return self

    def __exit__(self, *_):
        self.running.terminate()
        self.running.wait()

    def get(self, path):
        """The answer's body, type and cache rule; `None` if there is nothing."""
        try:
            with urllib.request.urlopen(self.url + path, timeout=10) as answer:
                headers = answer.headers
                return answer.read(), headers["content-type"], headers["cache-control"]
        except OSError:
            return None

    def ask(self, method, path, body=None):
        headers = {
            "authorization": f"Bearer {self.token.strip()}",
            "content-type": "application/json",
        }
        data = None if body is None else json.dumps(body).encode()
        request = urllib.request.Request(self.url + path, data, headers, method=method)
        with urllib.request.urlopen(request, timeout=30) as answer:
            return json.load(answer)

    def post(self, title, component="selma"):
        body = {"title": title, "markdown": title, "components": {component: "degraded"}}
        return self.ask("POST", "/api/v1/incidents", body)["slug"]

    def withdraw(self, slug):
        self.ask("DELETE", f"/api/v1/incidents/{slug}")


def command(address, store, *options, **variables):
    environment = {it: value for it, value in os.environ.items() if not it.startswith("AWS_")}
    environment |= {
        "AWS_ENDPOINT_URL": store.url,
        "AWS_ALLOW_HTTP": "true",
        "AWS_REGION": "us-east-1",
        "AWS_ACCESS_KEY_ID": "test",
        "AWS_SECRET_ACCESS_KEY": "test",
    }
    environment |= variables
    environment = {it: value for it, value in environment.items() if value is not None}
    return [BINARY, "build", "--to", address, *options, *OPTIONS], environment


def build(address, store):
    """Builds, and returns how many were unchanged, written and deleted, and the whole line."""
    line, environment = command(address, store)
    done = subprocess.run(line, env=environment, capture_output=True, text=True)
    check(done.returncode == 0, done)
    counts = [int(part.split()[0]) for part in done.stdout.split(": ", 1)[1].split(", ")[:3]]
    return counts, done.stdout


def refused(address, store, *told, **variables):
    line, environment = command(address, store, **variables)
    done = subprocess.run(line, env=environment, capture_output=True, text=True)
    errors = [line for line in done.stderr.splitlines() if line.startswith("error: ")]
    check(done.returncode == 1 and len(errors) == 1 and len(done.stderr.splitlines()) == 1, done)
    for part in told:
        check(part in errors[0], part, errors[0])


def path_of(key):
    """Where the server has what is in an object."""
    return "/" if key == "index.html" else "/" + urllib.parse.quote(key)


def check_current(bucket, prefix):
    """All objects of a site are what a new build makes of it."""
    fresh = Bucket(bucket.store, f"fresh-{free_port()}")
    build(f"s3://{fresh.name}/{prefix}", bucket.store)
    keys = {key for key in bucket.keys() if key.startswith(prefix)}
    check(keys == fresh.keys(), keys ^ fresh.keys())
    for key in keys:
        check(key.endswith(MANIFEST) or bucket.text(key) == fresh.text(key), key)


def first_upload(server, store):
    bucket = Bucket(store, "first")
    seen = len(store.requests())
    (_, written, _), line = build("s3://first/status/page", store)
    keys = bucket.keys()
    check(all(key.startswith("status/page/") for key in keys), keys)
    names = {key.removeprefix("status/page/") for key in keys}
    check(written == len(names) - 1 and MANIFEST in names and UNFINISHED not in names, line)
    expected = {"index.html", "404.html", "history", "components/selma", "incidents/selma-is-down"}
    expected |= {"incidents/selma-is-down.json", "incidents/selma-is-down/feed.rss", "embed"}
    expected |= {"api/v2/summary.json", "media/old disk 100%.svg", "media/list.txt"}
    check(expected <= names, expected - names)
    types = set()
    for name in names - {MANIFEST, "404.html"}:
        found = bucket.get(f"status/page/{name}")
        body, media_type, cache = server.get(path_of(name))
        said = (found["ContentType"], found["CacheControl"])
        check(said == (media_type, cache), name, said, media_type, cache)
        types.add(media_type)
        # Pages lack what needs a server.
        if not media_type.startswith("text/html"):
            check(found["Body"].read() == body, name)
    check(len(types) >= 12, types)
    not_found = bucket.get("status/page/404.html")
    check("s-maxage=5" in not_found["CacheControl"], not_found)
    check(not_found["ContentType"] == "text/html; charset=utf-8", not_found)
    in_order(store.requests()[seen:])
    return bucket


def in_order(requests):
    """What was put in the first upload: the note first, and links after what they lead to."""
    put = [path for method, path, status in requests if method == "PUT" and status == 200]
    put = [urllib.parse.unquote(path).split("/page/")[-1] for path in put]
    check(put[0] == UNFINISHED and put[-1] == MANIFEST and put[-2] == "index.html", put)
    for first, then in [
        ("media/list.txt", "incidents/selma-is-down"),
        ("assets/lightship.css", "incidents/selma-is-down"),
        ("incidents/selma-is-down.json", "incidents/selma-is-down"),
        ("incidents/selma-is-down", "components/selma"),
        ("components/nelson", "components"),
        (time.strftime("history/%Y/%m", time.gmtime()), "history"),
        ("history", "sitemap.xml"),
    ]:
        check(put.index(first) < put.index(then), first, then, put)


def what_is_the_same_stays(store, bucket):
    before = bucket.versions()
    (unchanged, written, deleted), line = build("s3://first/status/page/", store)
    check((written, deleted) == (0, 0) and unchanged == len(bucket.keys()) - 1, line)
    check(bucket.versions() == before, bucket.put_since(before))


def an_update_puts_what_shows_it(server, store, bucket):
    before = bucket.versions()
    body = {"markdown": "It is replaced.", "components": {"selma": "degraded"}}
    server.ask("POST", "/api/v1/incidents/selma-is-down/updates", body)
    (_, written, deleted), line = build("s3://first/status/page", store)
    put = {key.removeprefix("status/page/") for key in bucket.put_since(before)}
    check(written == len(put) - 2 and deleted == 0, line, put)
    for name in ["index.html", "feed.rss", "incidents/selma-is-down", UNFINISHED, MANIFEST]:
        check(name in put, name, put)
    check("It is replaced." in bucket.text("status/page/incidents/selma-is-down"))
    for name in put:
        check("nelson" not in name and not name.startswith(("media/", "assets/")), name)


def what_is_withdrawn_goes_and_what_is_not_ours_stays(server, store, bucket):
    slugs = [server.post("A new disk"), server.post("An old disk")]
    build("s3://first/status/page", store)
    for slug in slugs:
        check(f"status/page/incidents/{slug}" in bucket.keys(), slug)
        server.withdraw(slug)
    bucket.put("status/page/google123.html", "Ours.")
    bucket.put("status/page/incidents/a-new-disk/notes.txt", "Ours.")
    bucket.put("status/page/incidents/an-old-disk.json", "Changed.")
    bucket.put("status/other", "Ours.")
    # What something else has changed is mended, if the site still has it.
    bucket.put("status/page/history", "Changed.")
    (_, _, deleted), line = build("s3://first/status/page", store)
    left = {key for key in bucket.keys() if "-disk" in key}
    notes, kept = "incidents/a-new-disk/notes.txt", "incidents/an-old-disk.json"
    check(left == {f"status/page/{notes}", f"status/page/{kept}"}, left)
    check(bucket.text(f"status/page/{kept}") == "Changed.", line)
    check({"status/other", "status/page/google123.html"} <= bucket.keys())
    check(deleted == 11 and "1 kept because something else changed them" in line, line)
    check("Changed." not in bucket.text("status/page/history"), line)
    for key in [f"status/page/{notes}", f"status/page/{kept}", "status/page/google123.html"]:
        bucket.client.delete_object(Bucket="first", Key=key)
    check_current(bucket, "status/page/")


def what_is_not_ours_is_refused(server, store):
    bucket = Bucket(store, "others")
    bucket.put("a/index.html", "Ours.")
    refused("s3://others/a", store, "s3://others/a isn't empty", "another prefix")
    check(bucket.keys() == {"a/index.html"} and bucket.text("a/index.html") == "Ours.")
    # What a console makes for a folder is no more than its name.
    bucket.put("b/", "")
    build("s3://others/b", store)
    slug = server.post("Taken")
    bucket.put(f"b/incidents/{slug}", "Ours.")
    refused("s3://others/b", store, f"s3://others/b/incidents/{slug} is in the way")
    check(bucket.text(f"b/incidents/{slug}") == "Ours.")
    server.withdraw(slug)


def killed(bucket, prefix, page):
    """Starts a build, and kills it once it has put a page. Returns whether it was half-way."""
    line, environment = command(f"s3://{bucket.name}/{prefix}", bucket.store)
    told = f"PUT /{bucket.name}/{page} ".encode()
    with bucket.store.log.open("rb") as log:
        log.seek(0, 2)
        building = subprocess.Popen(line, env=environment, stdout=subprocess.DEVNULL)
        # Its log is quicker than the store itself.
        until = time.monotonic() + PATIENCE_SECS
        while told not in log.readline() and time.monotonic() < until:
            pass
    building.kill()
    building.wait()
    time.sleep(0.5)
    return f"{prefix}/{UNFINISHED}" in bucket.keys()


def a_killed_build_is_mended(server, store):
    # A fast machine may be done too soon, so it is tried again.
    for attempt in range(20):
        slug = server.post(f"Trial {attempt}")
        bucket = Bucket(store, f"killed-{attempt}")
        half = killed(bucket, "a", f"a/incidents/{slug}.json")
        half = half and f"a/{MANIFEST}" not in bucket.keys()
        server.withdraw(slug)
        if half:
            break
    check(half, "no first build was killed half-way")
    check(f"a/incidents/{slug}.json" in bucket.keys(), bucket.keys())
    build(f"s3://{bucket.name}/a", store)
    check_current(bucket, "a/")
    # Now one that has replaced objects, and added some that the site soon has no more.
    for attempt in range(20):
        slug = server.post(f"Error {attempt}")
        page = f"a/incidents/{slug}.json"
        half = killed(bucket, "a", page) and page in bucket.keys()
        server.withdraw(slug)
        if half:
            break
        build(f"s3://{bucket.name}/a", store)
    check(half, "no second build was killed half-way")
    build(f"s3://{bucket.name}/a", store)
    check(page not in bucket.keys(), page)
    check_current(bucket, "a/")


def watching_puts_what_changes(server, store):
    bucket = Bucket(store, "watched")
    line, environment = command("s3://watched", store, "--watch")
    with (HERE / "watch.log").open("wb") as log:
        watching = subprocess.Popen(line, env=environment, stdout=subprocess.PIPE, stderr=log)
    check(b" written, " in watching.stdout.readline())
    before = bucket.versions()
    slug = server.post("Seen at once")
    wait_for("the post", lambda: f"incidents/{slug}" in bucket.keys())
    wait_for("the home page", lambda: "Seen at once" in bucket.text("index.html"))
    wait_for("the end", lambda: UNFINISHED not in bucket.keys())
    put = bucket.put_since(before)
    check(not any("nelson" in key or key.startswith(("assets/", "media/")) for key in put), put)
    (CONTENT / "media" / "new.svg").write_text(SVG)
    wait_for("the picture", lambda: "media/new.svg" in bucket.keys())
    server.withdraw(slug)
    wait_for("that it goes", lambda: f"incidents/{slug}" not in bucket.keys())
    wait_for("the end", lambda: UNFINISHED not in bucket.keys())
    watching.send_signal(signal.SIGTERM)
    check(watching.wait(30) == 0, (HERE / "watch.log").read_text())
    check_current(bucket, "")


def errors_say_what_to_do(store):
    refused("status", store, "write s3://status")
    refused("https://a.b/c", store, "s3://BUCKET/PREFIX")
    refused("s3://", store, "names no bucket")
    refused("s3://none/a", store, "s3://none/a: there is no bucket none", store.url, "create it")
    nowhere = f"http://127.0.0.1:{free_port()}"
    told = ["s3://first/a: ", f"{nowhere} can't be reached", "AWS_ENDPOINT_URL"]
    refused("s3://first/a", store, *told, AWS_ENDPOINT_URL=nowhere)
    refused("s3://first/a", store, "AWS_ALLOW_HTTP=true", AWS_ALLOW_HTTP=None)
    none = {"AWS_ACCESS_KEY_ID": None, "AWS_SECRET_ACCESS_KEY": None}
    told = ["s3://first/a: there are no credentials", "AWS_ACCESS_KEY_ID"]
    refused("s3://first/a", store, *told, AWS_METADATA_ENDPOINT=nowhere, **none)
    refused("s3://first/a", store, "set both", AWS_SECRET_ACCESS_KEY=None)
    somebody = store.credentials_without_rights()
    store.ask_who_it_is()
    refused("s3://first/a", store, "s3://first/a: the credentials aren't accepted", "AWS_ACCESS")
    refused("s3://first/a", store, "s3://first/a: access is denied", "docs/static.md", **somebody)


def main():
    (CONTENT / "incidents").mkdir(parents=True)
    (CONTENT / "media").mkdir()
    (CONTENT / "site.toml").write_text(
        'name = "Example Hosting"\nbase_url = "https://status.example.com"\ntime_zone = "UTC"\n'
        '[[components]]\nslug = "selma"\nname = "Selma"\n'
        '[[components]]\nslug = "nelson"\nname = "Nelson"\n'
        '[brand]\naccent = "#7a1fa2"\n'
    )
    (CONTENT / "media" / "old disk 100%.svg").write_text(SVG)
    (CONTENT / "media" / "list.txt").write_text("A, B")
    with Store(HERE) as store, Server() as server:
        check(server.post("Selma is down") == "selma-is-down")
        server.post("Nelson is slow", "nelson")
        bucket = first_upload(server, store)
        what_is_the_same_stays(store, bucket)
        an_update_puts_what_shows_it(server, store, bucket)
        what_is_withdrawn_goes_and_what_is_not_ours_stays(server, store, bucket)
        what_is_not_ours_is_refused(server, store)
        a_killed_build_is_mended(server, store)
        watching_puts_what_changes(server, store)
        errors_say_what_to_do(store)
    print("put, put again, changed, withdrawn, killed and mended, watched and refused")


if __name__ == "__main__":
    main()
