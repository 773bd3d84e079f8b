"""The `openai` package, unchanged, against a running server."""

import base64
import json
import os
import sys
import urllib.request

import openai

URL = sys.argv[1]
KEY = os.environ.get("BYTEEDIT_KEY", "none is asked for")
PHOTO, MASK = "docs/images/photo.jpg", "docs/images/mask.png"
client = openai.OpenAI(base_url=URL + "/v1", api_key=KEY, max_retries=0)


def edit(**fields):
    with open(PHOTO, "rb") as image, open(MASK, "rb") as mask:
        return client.images.edit(image=image, mask=mask, **fields)


def check(what, holds):
    print(("ok      " if holds else "FAILED  ") + what)
    if not holds:
        sys.exit(1)


def fetch(address, **headers):
    headers["Authorization"] = f"Bearer {KEY}"
    request = urllib.request.Request(address, headers=headers)
    with urllib.request.urlopen(request) as response:
        return response.read()


def is_png(text):
    return base64.b64decode(text).startswith(b"\x89PNG\r\n")


models = client.models.list().data
check("models.list", len(models) == 1 and models[0].object == "model")
check("models.retrieve", client.models.retrieve(models[0].id).id == models[0].id)

answer = edit(model="gpt-image-1", prompt="a red apple", size="1024x1024")
check("images.edit gives a PNG", is_png(answer.data[0].b64_json))

answer = edit(
    model=models[0].id,
    prompt="a red apple",
    n=2,
    quality="low",
    extra_body={"byteedit": {"seed": 7, "select": {"alignment": 1}}},
)
job = answer.model_extra["byteedit"]
check("n = 2 gives two", len(answer.data) == 2)
check("extra_body reaches the edit", job["seed"] == 7 and job["parameters"]["select"]["alignment"] == 1)
check("quality low is four steps", job["parameters"]["steps"] == 4)
scores = [image.model_extra["byteedit"]["scores"]["combined"] for image in answer.data]
check(f"scores ride along, best first: {scores}", scores == sorted(scores, reverse=True))
kept = answer.data[0].model_extra["byteedit"]["preserved"]
check("pixels outside the mask are kept", kept["max_abs_diff"] == 0)

answer = edit(prompt="a duck", response_format="url")
check("a link can be fetched", fetch(URL + answer.data[0].url).startswith(b"\x89PNG"))

kinds, pictures = [], []
for event in edit(prompt="a red apple", stream=True, partial_images=2):
    kinds.append(event.type)
    pictures.append(event.b64_json)
check(
    f"a stream shows unfinished pictures: {kinds}",
    kinds == ["image_edit.partial_image"] * 2 + ["image_edit.completed"],
)
check("all of them are pictures, and differ", all(map(is_png, pictures)) and len(set(pictures)) == 3)

with open(PHOTO, "rb") as first, open(PHOTO, "rb") as second, open(MASK, "rb") as mask:
    try:
        client.images.edit(image=[first, second], mask=mask, prompt="a duck")
        check("two pictures are refused", False)
    except openai.BadRequestError as error:
        check(f"two pictures are refused: {error.message}", error.param == "image")
try:
    edit(prompt="a duck", output_format="webp")
    check("webp is refused", False)
except openai.BadRequestError as error:
    check("webp is refused, by its name", error.param == "output_format")
try:
    client.models.retrieve("dall-e-9")
    check("an unknown model is 404", False)
except openai.NotFoundError as error:
    check("an unknown model is 404", error.code == "model_not_found")

# The same jobs by Server-Sent Events, from the middle on.
path = f"{URL}/v1/edits/{job['id']}/events"
everything = fetch(path).decode()
rest = fetch(path, **{"Last-Event-ID": "3"}).decode()
check("events are replayed after the last one seen", everything.endswith(rest.removeprefix("retry: 1000\n\n")) and "id: 4\n" in rest)
last = json.loads(everything.strip().splitlines()[-1].removeprefix("data: "))
check("the last event carries the job", last["job"]["state"] == "succeeded")
