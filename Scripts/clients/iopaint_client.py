"""IOPaint's API as its web app uses it, against a running server."""

import base64
import io
import json
import os
import sys
import urllib.error
import urllib.request

from PIL import Image, ImageChops

URL = sys.argv[1]
KEY = os.environ.get("BYTEEDIT_KEY", "none is asked for")

# What the web app sends with every edit, whether it is about it or not.
ALWAYS = {
    "ldm_steps": 30, "ldm_sampler": "ddim", "zits_wireframe": True, "cv2_flag": "INPAINT_NS",
    "cv2_radius": 5, "hd_strategy": "Crop", "hd_strategy_crop_triger_size": 640,
    "hd_strategy_crop_margin": 128, "hd_trategy_resize_imit": 2048, "prompt": "",
    "negative_prompt": "", "use_croper": False, "croper_x": 0, "croper_y": 0,
    "croper_height": 512, "croper_width": 512, "use_extender": False, "extender_x": 0,
    "extender_y": 0, "extender_height": 512, "extender_width": 512, "sd_mask_blur": 0,
    "sd_strength": 1.0, "sd_steps": 8, "sd_guidance_scale": 7.5, "sd_sampler": "DPM++ 2M",
    "sd_seed": -1, "sd_match_histograms": False, "sd_lcm_lora": False,
    "paint_by_example_example_image": None, "p2p_image_guidance_scale": 1.5,
    "enable_controlnet": False, "controlnet_conditioning_scale": 0.4, "controlnet_method": "",
    "enable_brushnet": False, "brushnet_method": "", "brushnet_conditioning_scale": 1.0,
    "enable_powerpaint_v2": False, "powerpaint_task": "text-guided",
}


def call(path, body=None):
    request = urllib.request.Request(
        URL + "/api/v1/" + path,
        data=None if body is None else json.dumps(body).encode(),
        headers={"Content-Type": "application/json", "Authorization": f"Bearer {KEY}"},
    )
    try:
        with urllib.request.urlopen(request) as response:
            return response.status, response.headers, response.read()
    except urllib.error.HTTPError as error:
        return error.code, error.headers, error.read()


def check(what, holds):
    print(("ok      " if holds else "FAILED  ") + what)
    if not holds:
        sys.exit(1)


def data_url(path):
    kind = "jpeg" if path.endswith("jpg") else "png"
    with open(path, "rb") as file:
        return f"data:image/{kind};base64," + base64.b64encode(file.read()).decode()


def as_png(path):
    buffer = io.BytesIO()
    Image.open(path).convert("RGB").save(buffer, "PNG")
    return "data:image/png;base64," + base64.b64encode(buffer.getvalue()).decode()


def picture(content):
    return Image.open(io.BytesIO(content)).convert("RGB")


def count(pixels):
    """Of those that are white."""
    return pixels.histogram()[255]


def changes(one, other):
    """White where any channel differs."""
    red, green, blue = ImageChops.difference(one, other).split()
    most = ImageChops.lighter(ImageChops.lighter(red, green), blue)
    return most.point(lambda value: 255 if value else 0)


given = Image.open("docs/images/photo.jpg").convert("RGB")
mask = Image.open("docs/images/mask.png").convert("L").point(lambda value: 255 if value > 127 else 0)
edit = ALWAYS | {"image": as_png("docs/images/photo.jpg"), "mask": data_url("docs/images/mask.png")}

status, headers, content = call("inpaint", edit | {"prompt": "a red apple", "sd_seed": 7})
check("inpaint gives a PNG for a PNG", status == 200 and content.startswith(b"\x89PNG"))
check("X-Seed tells the seed", headers["X-Seed"] == "7")
changed = changes(picture(content), given)
inside = count(ImageChops.darker(changed, mask))
check(f"{inside} of the hole's {count(mask)} pixels changed", inside > count(mask) / 2)
check(f"{count(changed) - inside} pixels around it did", count(changed) == inside)
job = headers["Content-Location"]
request = urllib.request.Request(URL + job if job.startswith("/") else job,
                                 headers={"Authorization": f"Bearer {KEY}"})
with urllib.request.urlopen(request) as response:
    job = json.load(response)
check("Content-Location is the job", job["state"] == "succeeded" and job["parameters"]["seed"] == 7)

status, headers, content = call("inpaint", edit | {"image": data_url("docs/images/photo.jpg")})
check("without a prompt it erases, and a JPEG comes back as one",
      status == 200 and content.startswith(b"\xff\xd8") and int(headers["X-Seed"]) >= 0)

width, height = given.size
extender = {"use_extender": True, "extender_x": -16, "extender_y": 0,
            "extender_width": width + 40, "extender_height": height}
status, headers, content = call("inpaint", edit | extender | {"powerpaint_task": "outpainting"})
wide = picture(content)
check(f"the extender paints beyond: {wide.size}", wide.size == (width + 40, height))
inner = wide.crop((16, 0, 16 + width, height))
check("and leaves the picture", count(changes(inner, given)) == 0)

status, _, content = call("inpaint", edit | {"enable_controlnet": True})
check(f"what is not here is named: {json.loads(content)['errors']}", status == 422)
check("model names what is served", json.loads(call("model")[2])["name"] != "")
check("samplers name what was used", "DPM++ 2M" in json.loads(call("samplers")[2]))
