"""The same products in torch, channels last: python3 peers/layers.py [threads] [name part]"""

import sys
import time

import torch
import torch.nn.functional as F


def report(name, operations, run):
    if len(sys.argv) > 2 and sys.argv[2] not in name:
        return
    for _ in range(2):
        run()
    times, processor, start = [], [], time.perf_counter()
    while len(times) < 5 or (time.perf_counter() - start < 0.7 and len(times) < 40):
        before = time.perf_counter(), time.process_time()
        run()
        times.append(time.perf_counter() - before[0])
        processor.append(time.process_time() - before[1])
    best, rate = min(times), operations / min(times) * 1e-9
    print(f"{name:34} {best * 1e3:9.3f} ms {rate:8.1f} {min(processor) * 1e3:9.3f} ms", flush=True)


def convolution(side, inputs, outputs, batch=1):
    layer = torch.nn.Conv2d(inputs, outputs, 3, padding=1).to(memory_format=torch.channels_last)
    x = torch.randn(batch, inputs, side, side).to(memory_format=torch.channels_last)
    name = f"conv3x3 {side}x{side} {inputs}->{outputs} b{batch}"
    report(name, 18 * batch * side**2 * inputs * outputs, lambda: layer(x))


def linear(rows, inputs, outputs):
    layer, x = torch.nn.Linear(inputs, outputs), torch.randn(1, rows, inputs)
    report(f"linear {rows} {inputs}->{outputs}", 2 * rows * inputs * outputs, lambda: layer(x))


def attention(queries, keys, heads, size, causal=False):
    q, k = torch.randn(1, heads, queries, size), torch.randn(1, heads, keys, size)
    name = f"attention {queries}x{keys} {heads}x{size}" + (" causal" if causal else "")
    run = lambda: F.scaled_dot_product_attention(q, k, k, is_causal=causal)
    report(name, 4 * queries * keys * heads * size, run)


def group(side, channels):
    layer, x = torch.nn.GroupNorm(32, channels), torch.randn(1, channels, side, side)
    report(f"groupnorm+silu {side}x{side} {channels}", 0, lambda: F.silu(layer(x)))


torch.set_grad_enabled(False)
torch.set_num_threads(int(sys.argv[1]) if len(sys.argv) > 1 else 2)
for shape in [(64, 320, 320), (64, 640, 320), (32, 640, 640), (16, 1280, 1280), (8, 1280, 1280),
              (64, 4, 320), (64, 512, 512), (256, 256, 256), (512, 128, 128), (512, 128, 3),
              (32, 320, 320, 2)]:
    convolution(*shape)
for shape in [(4096, 320, 320), (4096, 320, 2560), (4096, 1280, 320), (1024, 640, 5120),
              (256, 1280, 1280), (256, 1280, 10240), (64, 1280, 1280), (77, 768, 768),
              (77, 768, 3072), (1, 320, 1280)]:
    linear(*shape)
for shape in [(4096, 4096, 8, 40), (1024, 1024, 8, 80), (256, 256, 8, 160), (4096, 77, 8, 40),
              (64, 64, 8, 160), (4096, 4096, 1, 512), (77, 77, 12, 64, True)]:
    attention(*shape)
group(64, 320)
group(512, 128)
norm, x = torch.nn.LayerNorm(320), torch.randn(1, 4096, 320)
report("layernorm 4096 320", 0, lambda: norm(x))
y = torch.randn(4096 * 1280)
report(f"silu {y.numel()}", 0, lambda: F.silu(y))
report(f"add {y.numel()}", 0, lambda: y + y)
