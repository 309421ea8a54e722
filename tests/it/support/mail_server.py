"""A mail server for tests (aiosmtpd): writes one line of JSON for each message that it takes.

Its first line is the port. What it does with a recipient follows from the address: `refused` is
refused for good, `busy` for now; `silent` gets its answer only after two seconds. While the file
named by the first argument exists, it takes nothing at all. A file beside it called `dkim` is the
record in DNS by which signatures are checked.
"""

import asyncio
import email
import email.policy
import json
import os
import socket
import sys

import dkim
from aiosmtpd.controller import Controller

DOWN = sys.argv[1]
# A defect in a header or a body is an error.
STRICT = email.policy.default.clone(raise_on_defect=True)


def is_signed(raw):
    """Whether the message is signed with the key whose record is known."""
    record = os.path.join(os.path.dirname(DOWN), "dkim")
    if not os.path.exists(record):
        return False
    with open(record, "rb") as file:
        text = file.read()
    asked = []

    def look_up(name, timeout=5):
        asked.append(name)
        return text

    # dkim's own asyncio code needs aiodns, so it is called as it is.
    return dkim.verify(raw, dnsfunc=look_up) and asked == [b"lightship._domainkey.example.com."]


class Handler:
    async def handle_EHLO(self, server, session, envelope, hostname, responses):
        session.host_name = hostname
        return responses

    async def handle_MAIL(self, server, session, envelope, address, options):
        if os.path.exists(DOWN):
            return "421 4.3.2 The system is being maintained"
        envelope.mail_from = address
        envelope.mail_options.extend(options)
        return "250 OK"

    async def handle_RCPT(self, server, session, envelope, address, options):
        if address.startswith("refused"):
            return "550 5.1.1 There is no such mailbox"
        if address.startswith("busy"):
            return "451 4.2.1 The mailbox is busy"
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server, session, envelope):
        if envelope.rcpt_tos[0].startswith("silent"):
            await asyncio.sleep(2)
        raw = envelope.original_content
        message = email.message_from_bytes(raw, policy=STRICT)
        parts = {}
        for part in message.walk():
            if not part.is_multipart():
                parts[part.get_content_type()] = part.get_content()
        line = {
            "from": envelope.mail_from,
            "to": envelope.rcpt_tos[0],
            "headers": {name.lower(): str(value) for name, value in message.items()},
            "text": parts.get("text/plain", ""),
            "html": parts.get("text/html", ""),
            "dkim": is_signed(raw),
            "longest_line": max(len(line) for line in raw.split(b"\r\n")),
        }
        print(json.dumps(line), flush=True)
        return "250 OK"


def free_port():
    with socket.socket() as made:
        made.bind(("127.0.0.1", 0))
        return made.getsockname()[1]


controller = Controller(
    Handler(), hostname="127.0.0.1", port=free_port(), enable_SMTPUTF8=True, ready_timeout=30
)
controller.start()
print(controller.port, flush=True)
# Ends with whoever started it.
sys.stdin.read()
controller.stop()
