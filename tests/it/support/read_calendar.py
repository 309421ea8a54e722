"""Reads a calendar from standard input as a calendar program does, and prints what it found as JSON."""

import json
import sys

from icalendar import Calendar

text = sys.stdin.buffer.read()
for line in text.split(b"\r\n"):
    assert b"\r" not in line and b"\n" not in line, line
    assert len(line) <= 75, line
assert text.endswith(b"END:VCALENDAR\r\n"), text[-40:]

calendar = Calendar.from_ical(text)
assert not calendar.errors, calendar.errors
events = []
for event in calendar.walk("VEVENT"):
    assert not event.errors, event.errors
    text_of = lambda name: None if event.get(name) is None else str(event.get(name))
    at = lambda name: None if event.get(name) is None else event.decoded(name).isoformat()
    events.append(
        {
            "uid": text_of("UID"),
            "sequence": event.get("SEQUENCE"),
            "status": text_of("STATUS"),
            "summary": text_of("SUMMARY"),
            "description": text_of("DESCRIPTION"),
            "url": text_of("URL"),
            "starts": at("DTSTART"),
            "ends": at("DTEND"),
            "stamp": at("DTSTAMP"),
            "modified": at("LAST-MODIFIED"),
        }
    )
json.dump(
    {
        "name": str(calendar["X-WR-CALNAME"]),
        "standard_name": str(calendar["NAME"]),
        "refresh": str(calendar["REFRESH-INTERVAL"].to_ical().decode()),
        "ttl": str(calendar["X-PUBLISHED-TTL"]),
        "events": events,
    },
    sys.stdout,
)
