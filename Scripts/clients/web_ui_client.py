"""AUTOMATIC1111's API as its clients use it, against a running server."""

import base64
import json
import os
import sys
import threading
import time
import urllib.error
import urllib.request

URL = sys.argv[1]
KEY = os.environ.get("BYTEEDIT_KEY", "none is asked for")


def call(path, body=None):
    request = urllib.request.Request(
        URL + "/sdapi/v1/" + path,
        data=None if body is None else json.dumps(body).encode(),
        headers={"Content-Type": "application/json", "Authorization": f"Bearer {KEY}"},
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


def base64_of(path):
    with open(path, "rb") as file:
        return base64.b64encode(file.read()).decode()


edit = {
    "init_images": [base64_of("docs/images/photo.jpg")],
    "mask": base64_of("docs/images/mask.png"),
    "prompt": "a red apple",
    "steps": 8,
    "cfg_scale": 4,
    "sampler_name": "DPM++ 2M",
    "seed": 7,
    "batch_size": 2,
    "override_settings": {},
}
status, answer = call("img2img", edit)
check("img2img gives two pictures", status == 200 and len(answer["images"]) == 2)
check("they are PNG", base64.b64decode(answer["images"][0]).startswith(b"\x89PNG"))
info = json.loads(answer["info"])
check("info tells the seeds", sorted(info["all_seeds"]) == [7, 8])
check("samplers name what was used", "DPM++ 2M" in [s["name"] for s in call("samplers")[1]])
check("sd-models names the checkpoint", call("sd-models")[1][0]["model_name"] == call("options")[1]["sd_model_checkpoint"])

answers = []
slow = threading.Thread(target=lambda: answers.append(call("img2img", edit | {"steps": 150, "batch_size": 10})))
slow.start()
progress = {}
for _ in range(600):
    progress = call("progress")[1]
    if progress["progress"] > 0:
        break
    time.sleep(0.05)
check(f"progress is told: {progress['progress']:.3f}", 0 < progress["progress"] < 1)
call("interrupt", {})
slow.join()
check(f"interrupt ends it: {answers[0]}", answers[0][0] == 409)
