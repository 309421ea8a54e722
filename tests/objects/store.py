"""A real S3 server (moto), and what is in its buckets."""

import pathlib
import re
import socket
import subprocess
import sys
import time
import urllib.request

import boto3
import botocore.config

MANIFEST = ".lightship-build.json"
UNFINISHED = ".lightship-build.unfinished.json"


def free_port():
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return one.getsockname()[1]


class Store:
    """Runs as long as it is entered."""

    def __init__(self, folder):
        self.port = free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        self.log = pathlib.Path(folder) / "store.log"
        self.client = boto3.client(
            "s3",
            endpoint_url=self.url,
            region_name="us-east-1",
            aws_access_key_id="test",
            aws_secret_access_key="test",
            config=botocore.config.Config(s3={"addressing_style": "path"}),
        )

    def __enter__(self):
        command = ["moto.server", "-H", "127.0.0.1", "-p", str(self.port)]
        with self.log.open("wb") as log:
            self.running = subprocess.Popen(
                [sys.executable, "-m", *command], stdout=log, stderr=subprocess.STDOUT
            )
        until = time.monotonic() + 120
        while True:
            try:
                with urllib.request.urlopen(f"{self.url}/moto-api/", timeout=10):
                    return self
            except OSError:
                if self.running.poll() is not None or time.monotonic() > until:
                    raise SystemExit(f"the store doesn't start: {self.log.read_text()}")
                time.sleep(0.1)

    def __exit__(self, *_):
        self.running.terminate()
        self.running.wait()

    def credentials_without_rights(self):
        """The variables of somebody whom the store knows."""
        iam = boto3.client(
            "iam",
            endpoint_url=self.url,
            region_name="us-east-1",
            aws_access_key_id="test",
            aws_secret_access_key="test",
        )
        iam.create_user(UserName="somebody")
        key = iam.create_access_key(UserName="somebody")["AccessKey"]
        return {
            "AWS_ACCESS_KEY_ID": key["AccessKeyId"],
            "AWS_SECRET_ACCESS_KEY": key["SecretAccessKey"],
        }

    def ask_who_it_is(self):
        """From now on, requests need credentials that the store knows."""
        url, headers = f"{self.url}/moto-api/reset-auth", {"content-type": "text/plain"}
        request = urllib.request.Request(url, b"0", headers, method="POST")
        urllib.request.urlopen(request, timeout=10).close()

    def requests(self):
        """What was asked so far, in order: method, path and status."""
        text = re.sub(r"\x1b\[[\d;]*m", "", self.log.read_text())
        found = re.findall(r'"(\w+) (\S+) HTTP/1\.1" (\d+)', text)
        return [(method, path, int(status)) for method, path, status in found]


class Bucket:
    """A bucket that remembers every version of its objects."""

    def __init__(self, store, name):
        self.store, self.name, self.client = store, name, store.client
        self.client.create_bucket(Bucket=name)
        self.client.put_bucket_versioning(
            Bucket=name, VersioningConfiguration={"Status": "Enabled"}
        )

    def keys(self):
        pages = self.client.get_paginator("list_objects_v2").paginate(Bucket=self.name)
        return {it["Key"] for page in pages for it in page.get("Contents", [])}

    def versions(self):
        """How often each object was put."""
        pages = self.client.get_paginator("list_object_versions").paginate(Bucket=self.name)
        counts = {}
        for page in pages:
            for it in page.get("Versions", []):
                counts[it["Key"]] = counts.get(it["Key"], 0) + 1
        return counts

    def put_since(self, before):
        return {key for key, count in self.versions().items() if count != before.get(key, 0)}

    def get(self, key):
        return self.client.get_object(Bucket=self.name, Key=key)

    def text(self, key):
        return self.get(key)["Body"].read().decode()

    def put(self, key, text):
        self.client.put_object(Bucket=self.name, Key=key, Body=text.encode())
