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
KEY = os.environ.get("BYTEEDIT_KEY")
AUTHORIZATION = {"Authorization": f"Bearer {KEY}"} if KEY else {}


def submit():
    """Submits the document's own example and waits for its end."""
    with open("openapi.yaml") as file:
        document = yaml.safe_load(file)
    content = document["paths"]["/v1/edits"]["post"]["requestBody"]["content"]
    body = content["application/json"]["examples"]["inpaint"]["value"] | {"previews": 1}
    request = urllib.request.Request(
        URL + "/v1/edits",
        data=json.dumps(body).encode(),
        headers={"Content-Type": "application/json", "Prefer": "wait=60", **AUTHORIZATION},
    )
    with urllib.request.urlopen(request) as response:
        job = json.load(response)
    while job["state"] in ("queued", "running"):
        time.sleep(1)
        poll = urllib.request.Request(f"{URL}/v1/edits/{job['id']}?wait=60", headers=AUTHORIZATION)
        with urllib.request.urlopen(poll) as response:
            job = json.load(response)
    assert job["state"] == "succeeded", job
    return job["id"]


def model():
    request = urllib.request.Request(URL + "/v1/models", headers=AUTHORIZATION)
    with urllib.request.urlopen(request) as response:
        return json.load(response)["data"][0]["id"]


def picture(name):
    """The document's own example picture, as bytes."""
    with open("openapi.yaml") as file:
        document = yaml.safe_load(file)
    content = document["paths"]["/v1/edits"]["post"]["requestBody"]["content"]
    text = content["application/json"]["examples"]["inpaint"]["value"][name]
    return base64.b64decode(text.split(",")[-1])


def note(method, path, status):
    with open(REPORT, "a") as file:
        print(method, path, status, file=file)


def note_image_edit():
    """No generator makes a picture and a mask of the same size for a form; this does."""
    boundary = "boundary-of-the-form"
    parts = [("prompt", b"a red apple"), ("image", picture("image")), ("mask", picture("mask"))]
    body = b"".join(
        f'--{boundary}\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n'.encode()
        + content
        + b"\r\n"
        for name, content in parts
    )
    request = urllib.request.Request(
        URL + "/v1/images/edits",
        data=body + f"--{boundary}--\r\n".encode(),
        headers={"Content-Type": f"multipart/form-data; boundary={boundary}", **AUTHORIZATION},
    )
    with urllib.request.urlopen(request) as response:
        note("POST", "/v1/images/edits", response.status)


KNOWN = submit()
MODEL = model()
note_image_edit()
count = 0


@schemathesis.hook
def before_call(context, case, kwargs):
    """Every other generated id becomes one that exists."""
    global count
    count += 1
    if case.path_parameters and "id" in case.path_parameters and count % 2:
        case.path_parameters["id"] = KNOWN
    name = (case.path_parameters or {}).get("prediction_id")
    if name is not None and case.operation.method.upper() != "PUT" and count % 2:
        case.path_parameters["prediction_id"] = KNOWN
    if case.path_parameters and "model" in case.path_parameters and count % 2:
        case.path_parameters["model"] = MODEL


@schemathesis.hook
def after_call(context, case, response):
    note(case.operation.method.upper(), case.operation.path, response.status_code)
