"""Starts a real homeserver of Matrix (Synapse) with a user and a room, says in one line of JSON where
it is, and runs until its standard input ends.

Usage: homeserver.py FOLDER, with a Python that has matrix-synapse."""

import json
import pathlib
import secrets
import socket
import subprocess
import sys
import time
import urllib.request

FOLDER = pathlib.Path(sys.argv[1]).absolute()
NAME = "matrix.test"


def free_port():
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return one.getsockname()[1]


def ask(method, path, body=None, token=None):
    headers = {"content-type": "application/json"}
    if token:
        headers["authorization"] = f"Bearer {token}"
    data = None if body is None else json.dumps(body).encode()
    request = urllib.request.Request(SERVER + path, data, headers, method=method)
    with urllib.request.urlopen(request, timeout=30) as answer:
        return json.load(answer)


FOLDER.mkdir(parents=True, exist_ok=True)
PORT = free_port()
SERVER = f"http://127.0.0.1:{PORT}"
KEY = FOLDER / "signing.key"
CONFIG = FOLDER / "homeserver.yaml"
LOG = FOLDER / "log.yaml"
LOG.write_text("version: 1\nroot: {level: WARNING}\n")
CONFIG.write_text(
    json.dumps(
        {
            "server_name": NAME,
            "pid_file": str(FOLDER / "pid"),
            "listeners": [
                {
                    "port": PORT,
                    "bind_addresses": ["127.0.0.1"],
                    "type": "http",
                    "resources": [{"names": ["client"]}],
                }
            ],
            "database": {"name": "sqlite3", "args": {"database": str(FOLDER / "homeserver.db")}},
            "log_config": str(LOG),
            "media_store_path": str(FOLDER / "media"),
            "signing_key_path": str(KEY),
            "report_stats": False,
            "trusted_key_servers": [],
            "enable_registration": True,
            "enable_registration_without_verification": True,
            "macaroon_secret_key": secrets.token_hex(16),
            "form_secret": secrets.token_hex(16),
            "rc_message": {"per_second": 1000, "burst_count": 1000},
        }
    )
)
MODULE = [sys.executable, "-m", "synapse.app.homeserver", "-c", str(CONFIG)]
subprocess.run(MODULE + ["--generate-keys"], check=True, stdout=sys.stderr)
running = subprocess.Popen(MODULE, stdout=sys.stderr)
try:
    until = time.monotonic() + 120
    while True:
        try:
            ask("GET", "/_matrix/client/versions")
            break
        except OSError:
            if running.poll() is not None or time.monotonic() > until:
                raise SystemExit("the homeserver doesn't start")
            time.sleep(0.2)
    user = {
        "username": "lightship",
        "password": secrets.token_hex(16),
        "auth": {"type": "m.login.dummy"},
    }
    token = ask("POST", "/_matrix/client/v3/register", user)["access_token"]
    room = ask("POST", "/_matrix/client/v3/createRoom", {"name": "Status"}, token)["room_id"]
    print(json.dumps({"url": SERVER, "room": room, "token": token}), flush=True)
    sys.stdin.read()
finally:
    running.terminate()
    running.wait()
