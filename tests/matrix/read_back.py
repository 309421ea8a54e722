"""Posts through the real server into a room of a real homeserver, and reads the room.

LIGHTSHIP_BINARY says which server."""

import json
import os
import pathlib
import subprocess
import sys
import tempfile
import time
import urllib.parse
import urllib.request

from homeserver import Homeserver, ask, free_port

# A path that isn't whole begins at the project's folder.
ROOT = pathlib.Path(__file__).resolve().parent.parent.parent
BINARY = str(ROOT / os.environ["LIGHTSHIP_BINARY"])
HERE = pathlib.Path(tempfile.mkdtemp(prefix="lightship-matrix-"))


def wait_for(what, look):
    """Looks until there is something, at most half a minute."""
    until = time.monotonic() + 30
    while time.monotonic() < until:
        found = look()
        if found:
            return found
        time.sleep(0.2)
    raise SystemExit(f"not seen: {what}")


def check(is_so, *what):
    if not is_so:
        raise SystemExit(f"wrong: {what}")


def main(home):
    content = HERE / "content"
    (content / "incidents").mkdir(parents=True)
    (content / "site.toml").write_text(
        'name = "Example Hosting"\nbase_url = "https://status.example.com"\ntime_zone = "UTC"\n'
        '[delivery]\ndelay = "0s"\n[[components]]\nslug = "selma"\nname = "Selma"\n'
    )
    database = f"sqlite:{HERE}/lightship.db"
    place = f"127.0.0.1:{free_port()}"
    server = f"http://{place}"
    options = ["--database", database, "--content", str(content)]
    serving = subprocess.Popen(
        [BINARY, "serve", "--listen", place, "--webhooks-to-private-networks", *options],
        stdout=subprocess.DEVNULL,
    )
    try:

        def is_up():
            try:
                with urllib.request.urlopen(f"{server}/healthz", timeout=5):
                    return True
            except OSError:
                return False

        wait_for("the server", is_up)
        token = subprocess.run(
            [BINARY, "token", "create", "test", "--scope", "admin", "--database", database],
            check=True,
            capture_output=True,
            text=True,
        ).stdout.strip()
        environment = {
            **os.environ,
            "LIGHTSHIP_URL": server,
            "LIGHTSHIP_TOKEN": token,
            "LIGHTSHIP_CHANNEL_CREDENTIAL": home.token,
        }
        subprocess.run(
            [BINARY, "channels", "add", "matrix", "Ops", home.url, "--room", home.room],
            check=True,
            env=environment,
        )
        subprocess.run([BINARY, "channels", "test", "Ops"], check=True, env=environment)
        read_back(home, lambda *call: ask(server, *call, token=token))
    finally:
        serving.terminate()
        serving.wait()


def read_back(home, api):
    def events():
        path = f"/_matrix/client/v3/rooms/{urllib.parse.quote(home.room)}/messages?dir=f&limit=100"
        chunk = ask(home.url, "GET", path, token=home.token)["chunk"]
        return [event for event in chunk if event["type"] == "m.room.message"]

    def one(words):
        def look():
            found = [it for it in events() if words in it["content"]["body"]]
            return found[0] if found else None

        return wait_for(words, look)

    one("a trial message")
    text = "Mail is **down**, @room. <script>x()</script> &lt;b&gt; @lightship:matrix.test"
    made = api(
        "POST",
        "/api/v1/incidents",
        {"title": "Selma & <b>", "markdown": text, "components": {"selma": "major_outage"}},
    )
    first = one("Mail is down, @room.")
    content = first["content"]
    check(content["m.mentions"] == {}, content)
    check("<script" not in content["formatted_body"], content)
    check("Selma &amp; &lt;b&gt;" in content["formatted_body"], content)
    check("<strong>down</strong>" in content["formatted_body"], content)
    check("&lt;b&gt;" in content["formatted_body"], content)
    updates = f"/api/v1/incidents/{made['slug']}/updates"
    update = api("POST", updates, {"markdown": "Fuond it.", "phase": "identified"})
    reply = one("Fuond it.")
    related = reply["content"]["m.relates_to"]
    check(related["rel_type"] == "m.thread", related)
    check(related["event_id"] == first["event_id"], related)
    api("PATCH", f"{updates}/{update['id']}", {"markdown": "Found it."})
    edit = one("Found it.")
    related = edit["content"]["m.relates_to"]
    check(related["rel_type"] == "m.replace", related)
    check(related["event_id"] == reply["event_id"], related)
    # The homeserver itself counts it as an edit, and the message as one of the thread.
    room = urllib.parse.quote(home.room)
    path = f"/_matrix/client/v3/rooms/{room}/event/{urllib.parse.quote(reply['event_id'])}"
    shown = ask(home.url, "GET", path, token=home.token)
    replaced = shown["unsigned"]["m.relations"]["m.replace"]
    check(replaced["event_id"] == edit["event_id"], shown)
    path = f"/_matrix/client/v1/rooms/{room}/threads"
    threads = ask(home.url, "GET", path, token=home.token)["chunk"]
    check([it["event_id"] for it in threads] == [first["event_id"]], threads)
    # The longest that a form takes.
    long = "First the beginning.\n\n" + "&<>\"*_`~ \U0001f468\u200d\U0001f469\u200d\U0001f467 " * 2500
    api("POST", updates, {"markdown": long[:40000]})
    check(len(one("First the beginning.")["content"]["body"]) < 2000)
    print("posted, threaded, edited and read back")


with Homeserver(HERE / "synapse") as home:
    main(home)
