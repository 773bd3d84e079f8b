"""The torch side of the full-size comparison; the same lines in and out as the tool `full-size`.

    python3 peers/full_size.py MODEL text|unet|encode|decode PIXELS BATCH THREADS [--channels-last]
"""

import gc
import sys
import time

import torch
from diffusers import AutoencoderKL, UNet2DConditionModel
from transformers import CLIPTextModel

folder, work, pixels, batch, threads = sys.argv[1], sys.argv[2], *map(int, sys.argv[3:6])
layout = torch.channels_last if "--channels-last" in sys.argv else torch.contiguous_format
torch.set_grad_enabled(False)
torch.set_num_threads(threads)


def noise(*shape, seed=0):
    values = torch.randn(shape, generator=torch.Generator().manual_seed(seed))
    return values.to(memory_format=layout) if len(shape) == 4 else values


def load(kind, part):
    model = kind.from_pretrained(folder, subfolder=part, torch_dtype=torch.float32)
    return model.eval().to(memory_format=layout) if part != "text_encoder" else model.eval()


def prepare():
    if work == "text":
        model = load(CLIPTextModel, "text_encoder")
        tokens = torch.tensor([[49406, *(i * 600 for i in range(1, 76)), 49407]] * batch)
        return lambda: model(tokens).last_hidden_state
    if work == "unet":
        model = load(UNet2DConditionModel, "unet")
        sample = noise(batch, model.config.in_channels, pixels // 8, pixels // 8)
        context = noise(batch, 77, model.config.cross_attention_dim, seed=1)
        return lambda: model(sample, 500, context, return_dict=False)[0]
    model = load(AutoencoderKL, "vae")
    if work == "encode":
        image = noise(batch, 3, pixels, pixels)

        def encode():
            posterior = model.encode(image).latent_dist
            return torch.cat([posterior.mean, posterior.logvar], 1)
        return encode
    latent = noise(batch, model.config.latent_channels, pixels // 8, pixels // 8)
    return lambda: model.decode(latent, return_dict=False)[0]


def main():
    start = time.perf_counter()
    run, result = prepare(), None
    gc.collect()
    print("ready", time.perf_counter() - start, flush=True)
    for line in sys.stdin:
        command, _, path = line.strip().partition(" ")
        if command == "run":
            start = time.perf_counter()
            result = run()
            print(time.perf_counter() - start, flush=True)
        elif command == "save":
            last = result.movedim(1, -1) if result.ndim == 4 else result
            last.contiguous().numpy().tofile(path)
            print("saved", flush=True)


main()
