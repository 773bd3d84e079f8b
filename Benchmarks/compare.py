"""Times the networks of a checkpoint beside torch, in turns, and prints one table.

    python3 compare.py TOOL MODEL [--threads 2] [--runs 3] [--works unet/512/1,…] [--channels-last]

Every network runs in a process of its own on either side, so that the peaks of memory are its own;
while one side computes, the other sleeps. Medians of the runs after one to warm up; both sides get
the same input, and the relative distance of their results is printed beside the times.
"""

import argparse
import os
import pathlib
import statistics
import subprocess
import sys
import tempfile

import numpy

WORKS = ("unet/512/1", "unet/512/2", "unet/256/1", "unet/256/2", "decode/512/1", "decode/256/1",
         "encode/512/1", "encode/256/1", "text/512/1", "text/512/2")
NAMES = {"unet": "U-Net pass", "decode": "autoencoder decode", "encode": "autoencoder encode",
         "text": "text encoder"}


class Side:
    """A process that loads a network and runs it when told to."""

    def __init__(self, command):
        self.process = subprocess.Popen(
            command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
            stderr=subprocess.DEVNULL)
        self.loading = float(self.ask(None).split()[1])
        self.seconds, self.processor = [], []

    def ask(self, line):
        if line:
            self.process.stdin.write(line + "\n")
            self.process.stdin.flush()
        answer = self.process.stdout.readline()
        if not answer:
            sys.exit(f"{self.process.args[0]} ended early; run it by hand: "
                     + " ".join(self.process.args))
        return answer

    def run(self):
        before = self.processor_time()
        seconds = float(self.ask("run"))
        self.seconds.append(seconds)
        self.processor.append(self.processor_time() - before)

    def processor_time(self):
        fields = pathlib.Path(f"/proc/{self.process.pid}/stat").read_text().rpartition(")")[2]
        user, system = fields.split()[11:13]
        return (int(user) + int(system)) / os.sysconf("SC_CLK_TCK")

    def peak(self):
        """GiB of resident memory at most, loading included."""
        for line in pathlib.Path(f"/proc/{self.process.pid}/status").read_text().splitlines():
            if line.startswith("VmHWM:"):
                return int(line.split()[1]) / 2**20
        return float("nan")

    def result(self, folder):
        path = os.path.join(folder, str(self.process.pid))
        self.ask(f"save {path}")
        return numpy.fromfile(path, numpy.float32)

    def close(self):
        self.process.stdin.close()
        self.process.wait()


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
