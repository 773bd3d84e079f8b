"""Times our side alone with one thread and with two, in turns, and prints what the second one gives.

    python3 compare_threads.py TOOLS MODEL EMBEDDED [--runs 5] [--works unet/512/1,train-unet/16/32,…]

TOOLS is the folder of the built tools, MODEL a full-size checkpoint, EMBEDDED the embedded model.
Works named train-… are training steps of the embedded networks, the others passes of the full-size
ones. Medians of the runs after one to warm up.
"""

import argparse
import os
import statistics

from sides import Side

WORKS = ("unet/512/1", "unet/512/2", "decode/512/1", "encode/512/1", "text/512/1",
         "train-unet/16/32", "train-autoencoder/128/16")


def command(work, threads, options):
    name, size, batch = work.split("/")
    tool, model = ("training-steps", options.embedded) if name.startswith("train-") \
        else ("full-size", options.model)
    return [os.path.join(options.tools, tool), model, name.removeprefix("train-"), size, batch,
            str(threads)]


def compare(work, options):
    sides = [Side(command(work, threads, options)) for threads in (1, 2)]
    try:
        for turn in range(options.runs + 1):
            for side in sides if turn % 2 == 0 else sides[::-1]:
                side.run()
        one, two = (statistics.median(side.seconds[1:]) for side in sides)
        print(f"| {work} | {one:.3f} | {two:.3f} | {one / two:.2f} |", flush=True)
    finally:
        for side in sides:
            side.close()


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("tools")
    parser.add_argument("model")
    parser.add_argument("embedded")
    parser.add_argument("--runs", type=int, default=5)
    parser.add_argument("--works", default=",".join(WORKS))
    options = parser.parse_args()
    print("| work | one thread s | two threads s | gain |")
    print("|" + "---|" * 4)
    for work in options.works.split(","):
        compare(work, options)


main()
