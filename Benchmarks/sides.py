"""One side of a comparison: a process that does one thing again and again when it is told to."""

import os
import pathlib
import subprocess
import sys

import numpy


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
