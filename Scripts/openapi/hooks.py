"""What schemathesis needs to know: a job that exists, and where to note what succeeded."""

import base64
import json
import os
import time
import urllib.request

import schemathesis
import yaml

URL = os.environ["BYTEEDIT_URL"]
REPORT = os.environ["BYTEEDIT_REPORT"]


def submit():
    """Submits the document's own example and waits for its end."""
    with open("openapi.yaml") as file:
        document = yaml.safe_load(file)
    content = document["paths"]["/v1/edits"]["post"]["requestBody"]["content"]
    body = content["application/json"]["examples"]["inpaint"]["value"] | {"previews": 1}
    request = urllib.request.Request(
        URL + "/v1/edits",
        data=json.dumps(body).encode(),
        headers={"Content-Type": "application/json", "Prefer": "wait=60"},
    )
    with urllib.request.urlopen(request) as response:
        job = json.load(response)
    while job["state"] in ("queued", "running"):
        time.sleep(1)
        with urllib.request.urlopen(f"{URL}/v1/edits/{job['id']}?wait=60") as response:
            job = json.load(response)
    assert job["state"] == "succeeded", job
    return job["id"]


def model():
    with urllib.request.urlopen(URL + "/v1/models") as response:
        return json.load(response)["data"][0]["id"]


def picture(name):
    """The document's own example picture, as bytes."""
    with open("openapi.yaml") as file:
        document = yaml.safe_load(file)
    content = document["paths"]["/v1/edits"]["post"]["requestBody"]["content"]
    text = content["application/json"]["examples"]["inpaint"]["value"][name]
    return base64.b64decode(text.split(",")[-1])


KNOWN = submit()
MODEL = model()
FORM = {"image": picture("image"), "mask": picture("mask"), "prompt": "a red apple"}
count = 0


@schemathesis.hook
def before_call(context, case, kwargs):
    """Every other generated id becomes one that exists."""
    global count
    count += 1
    if case.path_parameters and "id" in case.path_parameters and count % 2:
        case.path_parameters["id"] = KNOWN
    if case.path_parameters and "model" in case.path_parameters and count % 2:
        case.path_parameters["model"] = MODEL
    # No generator makes a picture and a mask of the same size.
    if case.operation.path == "/v1/images/edits" and count % 8 == 1:
        case.body = dict(FORM)


@schemathesis.hook
def after_call(context, case, response):
    with open(REPORT, "a") as file:
        print(case.operation.method.upper(), case.operation.path, response.status_code, file=file)
