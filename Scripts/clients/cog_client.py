"""Cog's HTTP API as its clients use it, against a running server."""

import base64
import json
import os
import sys
import time
import urllib.error
import urllib.request
import uuid

URL = sys.argv[1]
KEY = os.environ.get("BYTEEDIT_KEY", "none is asked for")


def call(method, path, body=None, **fields):
    request = urllib.request.Request(
        URL + path,
        method=method,
        data=None if body is None else json.dumps(body).encode(),
        headers={
            "Content-Type": "application/json",
            "Authorization": f"Bearer {KEY}",
            **{name.replace("_", "-"): value for name, value in fields.items()},
        },
    )
    try:
        with urllib.request.urlopen(request) as response:
            return response.status, json.load(response)
    except urllib.error.HTTPError as error:
        return error.code, json.load(error)


def check(what, holds):
    print(("ok      " if holds else "FAILED  ") + what)
    if not holds:
        sys.exit(1)


def data_url(path, media_type):
    with open(path, "rb") as file:
        return f"data:{media_type};base64," + base64.b64encode(file.read()).decode()


def new_id():
    """As docs/http.md of Cog recommends."""
    return base64.b32encode(uuid.uuid4().bytes).decode("utf-8").lower().rstrip("=")


def follow(path):
    for _ in range(1200):
        status, prediction = call("GET", path)
        if status != 200 or prediction["status"] not in ("starting", "processing"):
            return status, prediction
        time.sleep(0.05)
    return None, None


status, health = call("GET", "/health-check")
check(f"health-check: {health['status']}", status == 200 and health["status"] in ("READY", "BUSY"))

edit = {
    "image": data_url("docs/images/photo.jpg", "image/jpeg"),
    "mask": data_url("docs/images/mask.png", "image/png"),
    "prompt": "a red apple",
    "seed": 7,
    "num_outputs": 2,
    "num_inference_steps": 8,
}
status, answer = call("POST", "/predictions", {"input": edit})
check("a prediction is waited for", status == 200 and answer["status"] == "succeeded")
pictures = [url.split(",", 1) for url in answer["output"]]
check(
    "its output is two PNG as data URLs",
    [start for start, _ in pictures] == ["data:image/png;base64"] * 2
    and all(base64.b64decode(data).startswith(b"\x89PNG") for _, data in pictures),
)
check(f"predict_time: {answer['metrics']['predict_time']} s", answer["metrics"]["predict_time"] > 0)

name = new_id()
path = f"/predictions/{name}"
status, answer = call("PUT", path, {"input": edit}, Prefer="respond-async")
check("respond-async is a 202", status == 202 and answer["id"] == name)
again = call("PUT", path, {"input": edit}, Prefer="respond-async")[1]
check("the same PUT makes no second one", again["byteedit"]["id"] == answer["byteedit"]["id"])
status, ended = follow(path)
check("it ends well", ended["status"] == "succeeded" and len(ended["output"]) == 2)
check("another PUT of the name is a 422", call("PUT", path, {"input": edit | {"seed": 8}})[0] == 422)

slow = {"id": new_id(), "input": edit | {"num_inference_steps": 150, "num_outputs": 10}}
call("POST", "/predictions", slow, Prefer="respond-async")
status, _ = call("POST", f"/predictions/{slow['id']}/cancel", {})
check("cancel is a 200", status == 200)
check("it is canceled", follow(f"/predictions/{slow['id']}")[1]["status"] == "canceled")
check("an unknown one is a 404", call("POST", f"/predictions/{new_id()}/cancel", {})[0] == 404)

status, answer = call("POST", "/predictions", {"input": edit | {"num_inference_steps": 0}})
check(f"a wrong value is named: {answer}", status == 422 and answer["detail"][0]["loc"][:2] == ["body", "input"])
status, answer = call("POST", "/predictions", {"input": edit | {"image": "https://example.com/a.png"}})
check("a link is refused", status == 422 and answer["detail"][0]["loc"] == ["body", "input", "image"])
