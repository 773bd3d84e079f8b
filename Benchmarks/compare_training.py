"""Times training steps of the embedded networks beside torch, in turns, and prints one table.

    python3 compare_training.py TOOL MODEL [--threads 2] [--runs 5] [--works unet/16/32,…]
                                [--channels-last] [--recompute]

A work is NETWORK/SIDE/BATCH: latents of that side for the U-Net, pictures for the autoencoder. A
step is loss, gradients, clipping and AdamW (fused in torch). Medians of the steps after one to warm
up; both sides begin with the same weights and learn from the same batch, and the distance of their
losses over all steps is printed beside the times.
"""

import argparse
import pathlib
import statistics
import sys
import tempfile

import numpy

from sides import Side

WORKS = ("unet/16/32", "autoencoder/128/16")
NAMES = {"unet": "U-Net", "autoencoder": "autoencoder"}


def compare(work, options):
    name, side, batch = work.split("/")
    shared = [options.model, name, side, batch, str(options.threads)]
    peer = [sys.executable, str(pathlib.Path(__file__).parent / "peers" / "training.py")]
    sides = [Side([options.tool, *shared, *(["--recompute"] if options.recompute else [])]),
             Side([*peer, *shared, *(["--channels-last"] if options.channels_last else [])])]
    try:
        for turn in range(options.runs + 1):
            for one in sides if turn % 2 == 0 else sides[::-1]:
                one.run()
        with tempfile.TemporaryDirectory() as folder:
            mine, theirs = (one.result(folder) for one in sides)
        distance = numpy.linalg.norm(mine - theirs) / numpy.linalg.norm(theirs)
        report(f"{NAMES[name]}, {side}², batch {batch}", int(batch), sides, distance)
    finally:
        for one in sides:
            one.close()


def report(text, batch, sides, distance):
    speed = [batch / statistics.median(side.seconds[1:]) for side in sides]
    best = [batch / min(side.seconds) for side in sides]
    processor = [statistics.median(side.processor[1:]) for side in sides]
    print(f"| {text} | {speed[0]:.1f} | {speed[1]:.1f} | {speed[0] / speed[1]:.2f} "
          f"| {best[0]:.1f} | {best[1]:.1f} | {processor[0]:.2f} | {processor[1]:.2f} "
          f"| {sides[0].peak():.2f} | {sides[1].peak():.2f} | {distance:.0e} |", flush=True)


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("tool")
    parser.add_argument("model")
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--runs", type=int, default=5)
    parser.add_argument("--works", default=",".join(WORKS))
    parser.add_argument("--channels-last", action="store_true", help="torch in that layout")
    parser.add_argument("--recompute", action="store_true", help="our blocks checkpointed")
    options = parser.parse_args()
    print("| training step | ours samples/s | torch samples/s | ratio | best ours | best torch "
          "| ours processor s | torch processor s | ours GiB | torch GiB | distance |")
    print("|" + "---|" * 11)
    for work in options.works.split(","):
        compare(work, options)


main()
