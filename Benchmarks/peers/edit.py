"""The torch side of the comparison of whole edits: one inpainting by the reference pipeline.

    python3 peers/edit.py MODEL IMAGE MASK STEPS THREADS OUTPUT

Weights and arithmetic in 32 bits, with guidance; the picture is scaled to 512 x 512 model pixels.
"""

import sys
import time

import torch
from diffusers import StableDiffusionInpaintPipeline
from PIL import Image

folder, image, mask, steps, threads, output = sys.argv[1:7]
torch.set_num_threads(int(threads))
pipeline = StableDiffusionInpaintPipeline.from_pretrained(
    folder, torch_dtype=torch.float32, safety_checker=None, requires_safety_checker=False)
pipeline.set_progress_bar_config(disable=True)
start = time.perf_counter()
picture = pipeline(
    "a red apple", image=Image.open(image).convert("RGB").resize((512, 512)),
    mask_image=Image.open(mask).convert("L").resize((512, 512)), num_inference_steps=int(steps),
    guidance_scale=7.5, height=512, width=512, generator=torch.Generator().manual_seed(0)).images[0]
print(f"edit {time.perf_counter() - start:.1f} s")
picture.save(output)
