"""What HTTP, queue and store add to one edit: wall time less the engine's own stages."""

import json
import os
import pathlib
import statistics
import subprocess
import time

from loading import ROOT


def form(seed, steps=8, n=1, resolution=None):
    """A multipart body and its content type: the photograph and mask of the documents."""
    boundary, parts = "byteedit-load", []
    fields = {"prompt": "a red apple", "seed": seed, "steps": steps, "n": n}
    if resolution:
        fields["resolution"] = resolution
    for name, value in fields.items():
        head = f'--{boundary}\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n'
        parts.append(f"{head}{value}\r\n".encode())
    for name, file in {"image": "photo.jpg", "mask": "mask.png"}.items():
        head = (f'--{boundary}\r\nContent-Disposition: form-data; name="{name}"; filename="{file}"'
                "\r\nContent-Type: application/octet-stream\r\n\r\n")
        parts.append(head.encode() + (ROOT / "docs/images" / file).read_bytes() + b"\r\n")
    body = b"".join(parts) + f"--{boundary}--\r\n".encode()
    return body, f"multipart/form-data; boundary={boundary}"


def submit(server, seed, wait=0, **parameters):
    """The accepted or ended job as the service tells it."""
    body, kind = form(seed, **parameters)
    headers = {"Content-Type": kind} | ({"Prefer": f"wait={wait}"} if wait else {})
    status, text, _ = server.ask("POST", "/v1/edits", body, headers)
    if status not in (200, 202):
        raise SystemExit(f"{status}: {text.decode(errors='replace')}")
    return json.loads(text)


def edit(server, seed):
    """Seconds from the first byte sent to the last byte of the answer, and of the engine's stages."""
    start = time.perf_counter()
    job = submit(server, seed, wait=60)
    seconds = time.perf_counter() - start
    if job["state"] != "succeeded":
        raise SystemExit("the edit did not succeed")
    return seconds, sum(job["timings"]["stages"].values())


def fsync_seconds(folder, times=100):
    """Median time to append 4 KiB and sync them, on the disk of the data directory."""
    path, seconds = pathlib.Path(folder) / "fsync", []
    with open(path, "wb", buffering=0) as file:
        for _ in range(times):
            file.write(bytes(4096))
            start = time.perf_counter()
            os.fdatasync(file.fileno())
            seconds.append(time.perf_counter() - start)
    path.unlink()
    return statistics.median(seconds)


def syncs_per_edit(server, edits=5):
    """fsync and fdatasync calls of the service for one edit, counted by strace."""
    tracer = subprocess.Popen(
        ["strace", "-f", "-qq", "-e", "trace=fsync,fdatasync", "-e", "signal=none", "-p",
         str(server.process.pid)], stderr=subprocess.PIPE, text=True)
    time.sleep(1)
    for seed in range(edits):
        edit(server, 10_000 + seed)
    time.sleep(0.5)
    tracer.terminate()
    lines = tracer.communicate()[1].splitlines()
    # A call that another thread's line interrupts is printed twice.
    return sum("sync(" in line and "resumed" not in line for line in lines) / edits


def rows(server, folder, edits):
    edit(server, 0)
    runs = [edit(server, seed + 1) for seed in range(edits)]
    wall = statistics.median(run[0] for run in runs)
    added = statistics.median(run[0] - run[1] for run in runs)
    sync, count = fsync_seconds(folder), syncs_per_edit(server)
    allowed = max(0.01 * wall, 0.005) + count * sync
    return [
        ("one edit, wall / its stages", f"{wall * 1e3:.1f} / {(wall - added) * 1e3:.1f} ms", ""),
        ("one fsync; fsyncs of one edit", f"{sync * 1e3:.2f} ms; {count:.1f}", ""),
        ("added by HTTP, queue and store", f"{added * 1e3:.1f} ms", f"{allowed * 1e3:.1f} ms"),
    ]
