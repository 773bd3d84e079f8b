"""The torch side of the comparison of training steps; the same lines in and out as the tool
`training-steps`.

    python3 peers/training.py MODEL unet|autoencoder SIDE BATCH THREADS [--channels-last]
"""

import gc
import sys
import time

import numpy
import torch
from diffusers import AutoencoderKL, DDPMScheduler, UNet2DConditionModel

folder, work, side, batch, threads = sys.argv[1], sys.argv[2], *map(int, sys.argv[3:6])
layout = torch.channels_last if "--channels-last" in sys.argv else torch.contiguous_format
torch.set_num_threads(threads)


def noise(seed, *shape):
    values = torch.randn(shape, generator=torch.Generator().manual_seed(seed))
    return values.to(memory_format=layout) if len(shape) == 4 else values


def load(kind, part):
    model = kind.from_pretrained(folder, subfolder=part, torch_dtype=torch.float32)
    return model.train().to(memory_format=layout)


def denoising():
    model = load(UNet2DConditionModel, "unet")
    scheduler = DDPMScheduler.from_pretrained(
        folder, subfolder="scheduler", variance_type="fixed_small")
    channels = model.config.out_channels
    latents, target = noise(0, batch, channels, side, side), noise(1, batch, channels, side, side)
    behind = noise(2, batch, model.config.in_channels - channels, side, side)
    context = noise(3, batch, 16, model.config.cross_attention_dim)
    timesteps = torch.tensor([(17 + 389 * index) % 1000 for index in range(batch)])

    def loss():
        noisy = scheduler.add_noise(latents, target, timesteps)
        velocity = scheduler.get_velocity(latents, target, timesteps)
        prediction = model(torch.cat([noisy, behind], 1), timesteps, context).sample
        return (prediction - velocity).square().mean()
    return model, loss


def coding():
    model = load(AutoencoderKL, "vae")
    images = noise(0, batch, 3, side, side)
    small = side // 2 ** (len(model.config.block_out_channels) - 1)
    drawn = noise(1, batch, model.config.latent_channels, small, small)

    def loss():
        posterior = model.encode(images).latent_dist
        decoded = model.decode(posterior.mean + posterior.std * drawn).sample
        return (decoded - images).abs().mean() + 1e-6 * posterior.kl().mean()
    return model, loss


def prepare():
    model, loss = denoising() if work == "unet" else coding()
    # The fused update is torch's fastest.
    optimizer = torch.optim.AdamW(model.parameters(), lr=2e-5, betas=(0.9, 0.99), fused=True)

    def step():
        optimizer.zero_grad()
        value = loss()
        value.backward()
        torch.nn.utils.clip_grad_norm_(model.parameters(), 1.0)
        optimizer.step()
        return value.item()
    return step


def main():
    start = time.perf_counter()
    step, losses = prepare(), []
    gc.collect()
    print("ready", time.perf_counter() - start, flush=True)
    for line in sys.stdin:
        command, _, path = line.strip().partition(" ")
        if command == "run":
            start = time.perf_counter()
            losses.append(step())
            print(time.perf_counter() - start, flush=True)
        elif command == "save":
            numpy.array(losses, numpy.float32).tofile(path)
            print("saved", flush=True)


main()
