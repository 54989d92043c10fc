"""What schemathesis cannot know of our server: what there is, and what would end or stall the run."""

import json
import os
import re

import requests
import schemathesis

WORLD = json.loads(os.environ["KCI_FUZZ_WORLD"])
#: What `LineText` allows has a lookbehind, of which nothing can be generated. This is a part of it.
LINE_TEXT = re.compile(r"^\^\(\?! \)")
LINE_TEXT_PART = "^[!-~]([ -~]*[!-~])?$"
#: The longest wait that a route takes, in seconds. A longer one is wrong, and answered at once.
WAIT_MAX = 60

TIME = {"enum": ["2026-01-31T23:59:59.999999", "2031-12-31", 1735689600, 1e12]}
TEXT = {"type": "string", "maxLength": 100}
REVISION = {name: TEXT for name in ("tree", "branch", "commit", "describe")}
REVISION["url"] = {"enum": ["https://git.example.org/linux.git"]}
NODE_FIELDS = {
    "artifacts": {"type": "object", "additionalProperties": {"enum": ["https://example.org/a", "http://b.example/"]}},
    "data": {
        "type": "object",
        "properties": {"kernel_revision": {"type": "object", "properties": REVISION, "required": list(REVISION)}},
        "required": ["kernel_revision"],
    },
    **{name: TIME for name in ("created", "updated", "timeout", "holdoff")},
}
#: What the server asks of bodies beyond their schemas, by the fields that tell which body it is. What is drawn from
#: the schemas alone it would nearly always refuse.
STRICTER = [
    (
        {"name", "path", "retry_counter"},
        {
            **NODE_FIELDS,
            "id": {"type": "null"},
            "kind": {"enum": ["checkout", "kbuild", "job", "test", "process"]},
            "parent": {"enum": [*WORLD["known"]["node"]["id"], None]},
            "user_groups": {"type": "array", "items": TEXT, "maxItems": 0},
        },
        ["kind", "data"],
    ),
    ({"state", "artifacts", "holdoff"}, NODE_FIELDS, ["state"]),
    ({"nodes", "field"}, {"field": {"enum": ["processed_by_kcidb_bridge"]}, "value": {"enum": ["true", "false"]}}, []),
    ({"data", "source", "attributes"}, {"data": {"type": ["object", "array", "string", "number"]}}, ["data"]),
    ({"url", "channel"}, {"url": {"enum": WORLD["receivers"]}, "secret": {"enum": [True]}}, []),
    ({"password"}, {"password": {"type": "string", "minLength": 7, "maxLength": 100}}, []),
]


def stricter(schema):
    """The schema of an object with what the server asks beyond it."""
    properties = schema["properties"]
    for fields, given, required in STRICTER:
        if fields <= properties.keys():
            known = {name: value for name, value in given.items() if name in properties}
            needed = sorted({*schema.get("required", []), *required})
            return {**schema, "properties": {**properties, **known}, "required": needed}
    return schema


def writable(value):
    """What is below, with schemas that values can be made for which the server takes."""
    if isinstance(value, list):
        return [writable(item) for item in value]
    if not isinstance(value, dict):
        return value
    if LINE_TEXT.match(str(value.get("pattern"))):
        return {**value, "pattern": LINE_TEXT_PART}
    below = {key: writable(item) for key, item in value.items()}
    return stricter(below) if isinstance(below.get("properties"), dict) else below


def as_examples(values):
    return {f"example-{i}": {"value": value} for i, value in enumerate(values)}


@schemathesis.hook
def before_load_schema(context, raw_schema):
    """Names what there is, so that requests are about something."""
    components = raw_schema["components"]
    components["schemas"] = writable(components.get("schemas", {}))
    for path, item in raw_schema["paths"].items():
        for method, operation in item.items():
            place = path.partition("{")[0].strip("/")
            known = WORLD["known"].get(f"{method} {place}") or WORLD["known"].get(place, {})
            for parameter in operation.get("parameters", []):
                if parameter["name"] in known:
                    parameter["examples"] = as_examples(known[parameter["name"]])
                parameter["schema"] = writable(parameter["schema"])
            for content in operation.get("requestBody", {}).get("content", {}).values():
                content["schema"] = writable(content["schema"])
                if path in WORLD["bodies"]:
                    content["examples"] = as_examples(WORLD["bodies"][path])


@schemathesis.auth(refresh_interval=None)
class Token:
    """The account's token, and one that may end for the route that ends it."""

    def get(self, case, context):
        return WORLD["token"]

    def set(self, case, data, context):
        if case.path == "/user/logout":
            data = WORLD["spare_tokens"].pop() if WORLD["spare_tokens"] else None
        if data is not None:
            case.headers["Authorization"] = f"Bearer {data}"


@schemathesis.hook
def before_call(context, case, kwargs):
    """Keeps the account and its token, and keeps requests from waiting for what never comes."""
    for part in (case.query, case.body):
        shorten_wait(part)
    path, parameters = case.path, case.path_parameters or {}
    if path.startswith("/user/") and parameters.get("id") in WORLD["kept"]:
        parameters["id"] = "0" * 24
    if path == "/user/me":
        # All tokens would end with it.
        for part in (case.query, case.body):
            if isinstance(part, dict):
                part.pop("revoke_tokens", None)
    if path == "/listen/{sub_id}":
        send("/publish/node")
    if path == "/pop/{list}":
        # An empty list would be waited for without end.
        send(case.formatted_path.replace("/pop/", "/push/", 1))
    if path == "/feed/stream" and case.query:
        # The first entry is told at once, and with it the reading ends. Conditions may hold for none: `/feed` has them.
        for name in [name for name in case.query if name not in ("after", "limit", "wait")]:
            del case.query[name]
        if re.fullmatch(r"latest|\d{1,20}", str(case.query.get("after"))):
            case.query["after"] = "0"


def shorten_wait(part):
    """What is asked with a wait gets its answer soon."""
    try:
        if isinstance(part, dict) and 0 < float(part["wait"]) <= WAIT_MAX:
            part["wait"] = 0.05
    except (KeyError, TypeError, ValueError):
        pass


def send(path):
    """Gives somebody who waits what they wait for, when they may."""
    if WORLD["token"] is not None:
        headers = {"Authorization": f"Bearer {WORLD['token']}"}
        requests.post(WORLD["url"] + path, headers=headers, json={"data": {}}, timeout=60)
