"""Peak memory and time of a whole edit with a full-size checkpoint, beside the reference pipeline.

    python3 compare_edit.py BYTEEDIT MODEL IMAGE MASK [--steps 2] [--threads 2] [--weights fp32,fp16]

Each side is a process of its own from loading to the written picture; its peak is what the kernel
counted (`ru_maxrss`). Guidance on, 512 x 512 model pixels; memory does not depend on the steps.
"""

import argparse
import os
import pathlib
import subprocess
import sys
import tempfile
import time


def run(command):
    """GiB of resident memory at most, and seconds."""
    start = time.perf_counter()
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)
    complaints = process.stderr.read().decode(errors="replace")
    _, status, usage = os.wait4(process.pid, 0)
    if status != 0:
        sys.exit(f"failed: {' '.join(map(str, command))}\n{complaints[-2000:]}")
    return usage.ru_maxrss / 2**20, time.perf_counter() - start


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("byteedit")
    parser.add_argument("model")
    parser.add_argument("image")
    parser.add_argument("mask")
    parser.add_argument("--steps", type=int, default=2)
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--weights", default="fp32,fp16,bf16,int8")
    options = parser.parse_args()
    peer = pathlib.Path(__file__).parent / "peers" / "edit.py"
    with tempfile.TemporaryDirectory() as folder:
        theirs, seconds = run([
            sys.executable, str(peer), options.model, options.image, options.mask,
            str(options.steps), str(options.threads), os.path.join(folder, "theirs.png")])
        print("| whole edit, 512² | peak GiB | to torch | s with loading |")
        print("|---|---|---|---|")
        print(f"| torch fp32 | {theirs:.2f} | 1 | {seconds:.1f} |", flush=True)
        for weights in options.weights.split(","):
            peak, seconds = run([
                options.byteedit, "edit", "--model", options.model, "--image", options.image,
                "--mask", options.mask, "--prompt", "a red apple", "--steps", str(options.steps),
                "--guidance-scale", "7.5", "--resolution", "512", "--seed", "0", "--weights",
                weights, "--threads", str(options.threads), "--quiet", "--output",
                os.path.join(folder, f"{weights}.png")])
            print(f"| ours {weights} | {peak:.2f} | {peak / theirs:.2f} | {seconds:.1f} |", flush=True)


main()
