// Subscribers, as the letters that reached them would have made them.

import { execFile } from "node:child_process";
import { promisify } from "node:util";

const MAKE = `
import hashlib, hmac, json, sqlite3, sys, time, uuid

file, address, follows = sys.argv[1], sys.argv[2], json.loads(sys.argv[3])
database = sqlite3.connect(file, timeout=10)
now = int(time.time() * 1000)
subscriber = str(uuid.uuid4())
database.execute(
    "insert into subscribers (id, channel, address, address_key, everything, incidents,"
    " maintenance, changes, created_at_ms, refusals, consent)"
    " values (?, 'email', ?, ?, 'no', 'yes', 'yes', 'no', ?, 0, 'confirmed')",
    (subscriber, address, address.lower(), now),
)
for kind, target in follows:
    database.execute("insert into follows values (?, ?, ?)", (subscriber, kind, target))
token = str(uuid.uuid4())
hashed = hashlib.sha256(token.encode()).hexdigest()
database.execute("insert into links values (?, ?, ?)", (hashed, subscriber, now))
database.execute("insert into meta values ('link_key', 'key') on conflict do nothing")
(key,) = database.execute("select value from meta where key = 'link_key'").fetchone()
database.commit()
plain = subscriber.replace("-", "")
code = hmac.new(key.encode(), plain.encode(), hashlib.sha256).hexdigest()[:32]
print(json.dumps({"token": token, "own": plain + code}))
`;

/**
 * Somebody who has asked for a subscription, and the paths of the links that they got. `follows` are
 * pairs of a kind and a key, such as ["group", "Servers"].
 */
export async function reach(server, address, follows) {
  const made = promisify(execFile)("python3", ["-c", MAKE, server.file, address, JSON.stringify(follows)]);
  const { token, own } = JSON.parse((await made).stdout);
  return {
    confirm: `/subscribe/confirm/${token}`,
    manage: `/subscribe/manage/${own}`,
    unsubscribe: `/subscribe/unsubscribe/${own}`,
  };
}
