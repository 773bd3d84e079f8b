"""Times the networks of a checkpoint beside torch, in turns, and prints one table.

    python3 compare.py TOOL MODEL [--threads 2] [--runs 3] [--works unet/512/1,…] [--channels-last]

Every network runs in a process of its own on either side, so that the peaks of memory are its own;
while one side computes, the other sleeps. Medians of the runs after one to warm up; both sides get
the same input, and the relative distance of their results is printed beside the times.
"""

import argparse
import pathlib
import statistics
import sys
import tempfile

import numpy

from sides import Side

WORKS = ("unet/512/1", "unet/512/2", "unet/256/1", "unet/256/2", "decode/512/1", "decode/256/1",
         "encode/512/1", "encode/256/1", "text/512/1", "text/512/2")
NAMES = {"unet": "U-Net pass", "decode": "autoencoder decode", "encode": "autoencoder encode",
         "text": "text encoder"}


def compare(work, options):
    name, pixels, batch = work.split("/")
    shared = [options.model, name, pixels, batch, str(options.threads)]
    peer = [sys.executable, str(pathlib.Path(__file__).parent / "peers" / "full_size.py")]
    sides = [Side([options.tool, *shared]),
             Side([*peer, *shared, *(["--channels-last"] if options.channels_last else [])])]
    try:
        for turn in range(options.runs + 1):
            for side in sides if turn % 2 == 0 else sides[::-1]:
                side.run()
        with tempfile.TemporaryDirectory() as folder:
            mine, theirs = (side.result(folder) for side in sides)
        distance = numpy.linalg.norm(mine - theirs) / numpy.linalg.norm(theirs)
        text = f"{NAMES[name]}, batch {batch}" + ("" if name == "text" else f", {pixels}²")
        report(text, sides, distance)
    finally:
        for side in sides:
            side.close()


def report(text, sides, distance):
    wall = [statistics.median(side.seconds[1:]) for side in sides]
    best = [min(side.seconds) for side in sides]
    processor = [statistics.median(side.processor[1:]) for side in sides]
    print(f"| {text} | {wall[0]:.3f} | {wall[1]:.3f} | {wall[0] / wall[1]:.2f} "
          f"| {best[0]:.3f} | {best[1]:.3f} | {processor[0]:.2f} | {processor[1]:.2f} "
          f"| {sides[0].peak():.2f} | {sides[1].peak():.2f} "
          f"| {sides[0].loading:.1f} | {sides[1].loading:.1f} | {distance:.0e} |", flush=True)


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("tool")
    parser.add_argument("model")
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--runs", type=int, default=3)
    parser.add_argument("--works", default=",".join(WORKS))
    parser.add_argument("--channels-last", action="store_true", help="torch in that layout")
    options = parser.parse_args()
    print("| work | ours s | torch s | ratio | best ours | best torch | ours processor s "
          "| torch processor s | ours GiB | torch GiB | ours load s | torch load s | distance |")
    print("|" + "---|" * 13)
    for work in options.works.split(","):
        compare(work, options)


main()
