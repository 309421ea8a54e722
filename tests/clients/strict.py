"""A client that accepts exactly the fields and types in shapes.json, and nothing else."""

import json
import re
import sys
import urllib.request
from datetime import date, datetime
from pathlib import Path

TABLE = json.loads((Path(__file__).parent / "shapes.json").read_text())
TIME = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}(Z|[+-]\d\d:\d\d)")
URL = re.compile(r"https?://[^/]+(/.*)?")


def is_time(value):
    return isinstance(value, str) and bool(TIME.fullmatch(value)) and bool(datetime.fromisoformat(value))


def is_date(value):
    return isinstance(value, str) and bool(date.fromisoformat(value))


PLAIN = {
    "id": lambda value: isinstance(value, str) and bool(re.fullmatch("[a-z0-9]{12}", value)),
    "text": lambda value: isinstance(value, str),
    "url": lambda value: isinstance(value, str) and bool(URL.fullmatch(value)),
    "time": is_time,
    "date": is_date,
    "position": lambda value: type(value) is int and value > 0,
    "bool": lambda value: type(value) is bool,
    "null": lambda value: value is None,
}


def fields_of(name):
    shape = dict(TABLE["shapes"][name])
    like = shape.pop("like", None)
    return {**fields_of(like), **shape} if like else shape


def check(value, kind, place):
    if isinstance(kind, list):
        assert isinstance(value, list), f"{place} is no list: {value!r}"
        for index, item in enumerate(value):
            check(item, kind[0], f"{place}[{index}]")
    elif kind in TABLE["shapes"]:
        if kind == "component" and value["group"]:
            kind = "group"
        fields = fields_of(kind)
        assert set(value) == set(fields), f"{place} has {sorted(value)}"
        for name, inner in fields.items():
            check(value[name], inner, f"{place}.{name}")
    elif kind in TABLE["words"]:
        assert value in TABLE["words"][kind], f"{place} is {value!r}"
    else:
        kinds = kind.split(" or ")
        assert any(PLAIN[each](value) for each in kinds), f"{place} is {value!r}"


def read(host, name):
    with urllib.request.urlopen(f"{host}/api/v2/{name}.json", timeout=20) as response:
        assert response.headers["content-type"] == "application/json"
        return json.load(response)


def main(host):
    for name, parts in TABLE["documents"].items():
        document = read(host, name)
        assert set(document) == {"page", *parts}, f"{name} has {sorted(document)}"
        for part in document:
            check(document[part], TABLE["parts"][part], f"{name}.{part}")
        counts = ", ".join(f"{len(document[part])} {part}" for part in parts if part != "status")
        print(f"{name}: {counts or document['status']['indicator']}")


main(sys.argv[1])
