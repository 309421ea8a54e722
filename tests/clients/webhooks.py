"""Checks what came over webhooks, as the `standardwebhooks` package does. Reads lines of JSON with
secret, headers and body from standard input, and writes the type of each event, or "refused"."""

import json
import sys

from standardwebhooks.webhooks import Webhook, WebhookVerificationError

for line in sys.stdin:
    message = json.loads(line)
    try:
        event = Webhook(message["secret"]).verify(message["body"], message["headers"])
        print(event["type"])
    except WebhookVerificationError:
        print("refused")
