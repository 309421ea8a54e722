"""Three servers over a PostgreSQL primary with a synchronous standby. The standby is killed and
comes back; then the primary is killed and the standby promoted; then the old primary comes back as
it was, and isn't used. Shows what readers and writers see, second by second. Fails if a read failed,
if something acknowledged is lost or there twice, or if a writer waited longer than the promise."""

import json
import pathlib
import tempfile
import time

import report
from history import options_of
from scale import Member, Postgres, Watch, start_members

SYNCHRONOUS = "synchronous_standby_names=*"
# A writer hears within 5 s of COMMIT. Up to 5 s may pass before, and a shared machine may be slow.
LONGEST_WRITE = 12


def until(what, holds, seconds=60):
    end = time.perf_counter() + seconds
    while not holds():
        if time.perf_counter() > end:
            raise SystemExit(f"it took more than {seconds} seconds until {what}")
        time.sleep(0.1)


def is_synchronous(primary):
    return primary.ask("select count(*) from pg_stat_replication where sync_state = 'sync'") == "1"


def accept(watch, seconds=60):
    """Waits until something more is acknowledged."""
    before = len(watch.acknowledged)
    until("a post was taken", lambda: len(watch.acknowledged) > before + 2, seconds)


def read_from_standby(binary, standby, member, work):
    """A server that knows only the standby shows what that has, and refuses posts."""
    reader = Member(binary, standby.url, work / "reader", member.token)
    reader.start()
    title = "Posted on the primary, read from the standby"
    incident = {"title": title, "markdown": "It is tried."}
    member.post("/incidents", incident, member.connect())
    until("the standby's server showed it", lambda: title in reader.get("/")[1].decode())
    connection = reader.connect()
    connection.request("POST", "/api/v1/incidents", json.dumps(incident), {
        "Authorization": f"Bearer {member.token}", "Content-Type": "application/json"})
    response = connection.getresponse()
    answer = response.read().decode()
    reader.stop()
    if response.status != 503 or "nothing was changed" not in answer:
        raise SystemExit(f"the standby's server answered a post with {response.status}: {answer}")


def run(members, primary, standby, pause):
    watch = Watch(members)
    time.sleep(pause)
    watch.mark("the standby is killed; commits wait for it")
    standby.kill()
    time.sleep(3 * pause)
    watch.mark("the standby is started again")
    standby.start()
    accept(watch)
    until("the standby was synchronous again", lambda: is_synchronous(primary))
    time.sleep(pause)
    watch.mark("the primary is killed")
    primary.kill()
    time.sleep(2 * pause)
    watch.mark("the standby is promoted")
    standby.promote()
    accept(watch)
    time.sleep(pause)
    watch.mark("the old primary comes back as it was: a second one that takes writes")
    primary.start()
    time.sleep(2 * pause)
    written_there = primary.ask("select max(writes) from revision")
    watch.mark("a server is killed and started again while there are two")
    members[0].kill()
    members[0].start(members[0].port)
    accept(watch)
    time.sleep(pause)
    watch.end()
    if primary.ask("select max(writes) from revision") != written_there:
        raise SystemExit("something was written to the primary that was left behind")
    return watch


def main():
    parser = options_of(__doc__)
    parser.add_argument("--pause", type=float, default=4, help="seconds between what is done")
    options = parser.parse_args()
    facts = report.machine()
    binary = pathlib.Path(options.lightship).resolve()
    with tempfile.TemporaryDirectory() as work:
        work = pathlib.Path(work)
        work.chmod(0o755)
        primary = Postgres(work / "primary")
        primary.start()
        standby = Postgres(work / "standby", primary)
        standby.start()
        primary.stop()
        primary.start(SYNCHRONOUS)
        until("the standby was synchronous", lambda: is_synchronous(primary))
        url = f"{primary.url},{standby.url}"
        members = start_members(binary, url, work, 3)
        read_from_standby(binary, standby, members[0], work)
        try:
            watch = run(members, primary, standby, options.pause)
            lost, repeated = watch.check(members[0])
        finally:
            for member in members:
                member.stop()
            primary.stop()
            standby.stop()
    unread = sum(seen["not read"][0] for seen in watch.seconds.values() if "not read" in seen)
    reads = sum(seen["read"][0] for seen in watch.seconds.values() if "read" in seen)
    slowest = {what: max(seen.get(what, (0, 0))[1] for seen in watch.seconds.values())
               for what in ("read", "written", "refused")}
    answers = sorted({f"{status} {text}" for status, text in watch.refusals})
    rows = [("reads", reads), ("of these failed", unread),
            ("slowest read", f"{slowest['read'] * 1000:.0f} ms"),
            ("posts acknowledged", len(watch.acknowledged)),
            ("of these lost", len(lost)), ("of these posted twice", len(repeated)),
            ("posts refused, to be sent again", len(watch.refusals)),
            ("slowest acknowledgement", f"{slowest['written']:.1f} s"),
            ("slowest refusal", f"{slowest['refused']:.1f} s")]
    text = (report.table(["", "three servers, a primary and a standby"], rows) + "\n\n"
            + watch.table() + "\n\n" + report.said(facts))
    print(text)
    print("\nWhat refused posts were answered:\n")
    for answer in answers:
        print(answer)
    if options.json:
        report.write_json(options.json, {
            "reads": reads, "unread": unread, "acknowledged": len(watch.acknowledged),
            "lost": len(lost), "repeated": len(repeated), "refused": len(watch.refusals),
            "slowest_s": {what: round(took, 3) for what, took in slowest.items()},
            "seconds": watch.figures()})
    if options.document:
        report.write_block(options.document, "failover", text)
    if lost or repeated or unread:
        raise SystemExit(f"lost: {lost}; posted twice: {repeated}; reads failed: {unread}")
    if max(slowest.values()) > LONGEST_WRITE:
        raise SystemExit(f"somebody waited {max(slowest.values()):.1f} s")


if __name__ == "__main__":
    main()
