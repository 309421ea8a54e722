"""A real homeserver of Matrix (Synapse) with a user and a room, for a test."""

import json
import secrets
import socket
import subprocess
import sys
import time
import urllib.request


def free_port():
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return one.getsockname()[1]


def ask(server, method, path, body=None, token=None):
    """A request with JSON; an answer that isn't a success is an error with its text."""
    headers = {"content-type": "application/json"}
    if token:
        headers["authorization"] = f"Bearer {token}"
    data = None if body is None else json.dumps(body).encode()
    request = urllib.request.Request(server + path, data, headers, method=method)
    try:
        with urllib.request.urlopen(request, timeout=30) as answer:
            return json.load(answer)
    except urllib.error.HTTPError as error:
        raise SystemExit(f"{method} {path}: {error}: {error.read().decode()}") from error


class Homeserver:
    """Runs as long as it is entered."""

    def __init__(self, folder):
        self.folder = folder
        port = free_port()
        self.url = f"http://127.0.0.1:{port}"
        folder.mkdir(parents=True)
        log = folder / "log.yaml"
        log.write_text("version: 1\nroot: {level: ERROR}\n")
        config = folder / "homeserver.yaml"
        listener = {
            "port": port,
            "bind_addresses": ["127.0.0.1"],
            "type": "http",
            "resources": [{"names": ["client"]}],
        }
        database = {"name": "sqlite3", "args": {"database": str(folder / "homeserver.db")}}
        settings = {
            "server_name": "matrix.test",
            "listeners": [listener],
            "database": database,
            "log_config": str(log),
            "media_store_path": str(folder / "media"),
            "signing_key_path": str(folder / "signing.key"),
            "report_stats": False,
            "trusted_key_servers": [],
            "enable_registration": True,
            "enable_registration_without_verification": True,
            "macaroon_secret_key": secrets.token_hex(16),
            "form_secret": secrets.token_hex(16),
        }
        # YAML contains JSON.
        config.write_text(json.dumps(settings))
        self.command = [sys.executable, "-m", "synapse.app.homeserver", "-c", str(config)]

    def __enter__(self):
        generating = self.command + ["--generate-keys"]
        subprocess.run(generating, check=True, stdout=subprocess.DEVNULL)
        self.running = subprocess.Popen(self.command, stdout=subprocess.DEVNULL)
        try:
            self.wait()
            user = {
                "username": "lightship",
                "password": secrets.token_hex(16),
                "auth": {"type": "m.login.dummy"},
            }
            made = ask(self.url, "POST", "/_matrix/client/v3/register", user)
            self.token = made["access_token"]
            path = "/_matrix/client/v3/createRoom"
            made = ask(self.url, "POST", path, {"name": "Status"}, self.token)
            self.room = made["room_id"]
        except BaseException:
            self.__exit__()
            raise
        return self

    def wait(self):
        until = time.monotonic() + 120
        while True:
            try:
                ask(self.url, "GET", "/_matrix/client/versions")
                return
            except OSError:
                if self.running.poll() is not None or time.monotonic() > until:
                    raise SystemExit("the homeserver doesn't start")
                time.sleep(0.2)

    def __exit__(self, *_):
        self.running.terminate()
        self.running.wait()
