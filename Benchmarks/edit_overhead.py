"""What HTTP, queue and store add to one edit: wall time less the engine's own stages."""

import base64
import json
import os
import pathlib
import statistics
import struct
import subprocess
import time
import zlib

from loading import Client, ROOT


def picture(name, number=None):
    """A file of the documents; with a number the same picture in a file that nobody has sent yet."""
    data = (ROOT / "docs/images" / name).read_bytes()
    if number is None:
        return data
    note = f"edit {number}".encode()
    if name.endswith(".jpg"):  # a comment (COM) behind the first marker
        return data[:2] + b"\xff\xfe" + struct.pack(">H", 2 + len(note)) + note + data[2:]
    chunk = b"tEXtComment\0" + note  # behind the header, which ends at byte 33
    crc = zlib.crc32(chunk)
    return data[:33] + struct.pack(">I", len(chunk) - 4) + chunk + struct.pack(">I", crc) + data[33:]


def form(seed, steps=8, n=1, resolution=None, number=None):
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
        parts.append(head.encode() + picture(file, number) + b"\r\n")
    body = b"".join(parts) + f"--{boundary}--\r\n".encode()
    return body, f"multipart/form-data; boundary={boundary}"


def submit(server, seed, **parameters):
    """The accepted job as the service tells it."""
    body, kind = form(seed, **parameters)
    status, text, _ = server.ask("POST", "/v1/edits", body, {"Content-Type": kind})
    return job_of(status, text)


def job_of(status, text):
    if status not in (200, 202):
        raise SystemExit(f"{status}: {text.decode(errors='replace')}")
    return json.loads(text)


def timed(server, seed, number=None):
    """The ended job, and the seconds from the first byte sent to the last byte of the answer.

    With a number picture and mask are files that the service has not seen.
    """
    body, kind = form(seed, number=number)
    headers = {"Content-Type": kind, "Prefer": "wait=60"}
    start = time.perf_counter()
    status, text, _ = server.ask("POST", "/v1/edits", body, headers)
    seconds = time.perf_counter() - start
    job = job_of(status, text)
    if job["state"] != "succeeded":
        raise SystemExit("the edit did not succeed")
    return job, seconds


def edit(server, seed, number=None):
    """Seconds of a whole edit, and of the engine's stages."""
    job, seconds = timed(server, seed, number)
    return seconds, sum(job["timings"]["stages"].values())


PAGES = 12  # of 4 KiB, that a commit writes
# What an edit waits for: two commits, and the files of new pictures with their folder.
AWAITED = {"sent again": 2, "not seen before": 5}


def fsync_seconds(folder, times=40):
    """Median time to sync a commit's pages on the disk of the data directory.

    As the log does it: in place, in a file that has its length, and after the disk has rested. One after
    the other they take a third of that.
    """
    path, seconds = pathlib.Path(folder) / "fsync", []
    with open(path, "w+b", buffering=0) as file:
        file.write(bytes(times * PAGES * 4096))
        os.fsync(file.fileno())
        for number in range(times):
            os.pwrite(file.fileno(), os.urandom(PAGES * 4096), number * PAGES * 4096)
            time.sleep(0.05)
            start = time.perf_counter()
            os.fdatasync(file.fileno())
            seconds.append(time.perf_counter() - start)
    path.unlink()
    return statistics.median(seconds)


def syncs_per_edit(server, client, is_new, edits=5):
    """fsync and fdatasync calls of the service for one edit, counted by strace."""
    tracer = subprocess.Popen(
        ["strace", "-f", "-qq", "-e", "trace=fsync,fdatasync", "-e", "signal=none", "-p",
         str(server.process.pid)], stderr=subprocess.PIPE, text=True)
    time.sleep(1)
    for seed in range(edits):
        number = 10_000 * (1 + is_new) + seed
        edit(client, number, number if is_new else None)
    time.sleep(0.5)
    tracer.terminate()
    lines = tracer.communicate()[1].splitlines()
    # A call that another thread's line interrupts is printed twice.
    return sum("sync(" in line and "resumed" not in line for line in lines) / edits


def tiny_edit(server, seed):
    """The smallest edit there is; of the answer nobody wants anything."""
    side = b"\0\0\0\x10"

    def png(colour):
        rows = b"".join(b"\0" + colour * 16 for _ in range(16))
        chunks = [(b"IHDR", side + side + b"\x08\x02\0\0\0"), (b"IDAT", zlib.compress(rows)),
                  (b"IEND", b"")]
        return b"\x89PNG\r\n\x1a\n" + b"".join(
            struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))
            for name, data in chunks)

    shade = struct.pack(">I", seed)[1:]
    image, mask = (base64.b64encode(png(colour)).decode() for colour in (shade, b"\xff\xff\xff"))
    body = json.dumps({"prompt": "a red apple", "image": image, "mask": mask, "steps": 1,
                       "resolution": 64, "seed": seed})
    headers = {"Content-Type": "application/json", "Prefer": "wait=60"}
    return job_of(*server.ask("POST", "/v1/edits", body.encode(), headers)[:2])


def rows(server, folder, edits):
    # A service that has worked for a while: its folders are there, and its journal has the length
    # that it keeps.
    client = Client(server.port)
    for seed in range(200):
        tiny_edit(client, seed)
    edit(client, 0)
    sync = fsync_seconds(folder)
    rows = [(f"one fsync of {PAGES} pages", f"{sync * 1e3:.2f} ms", "")]
    # In turns, for the machine's mood changes.
    runs = {kind: [] for kind in ("sent again", "not seen before")}
    for number in range(1, edits + 1):
        runs["sent again"].append(edit(client, number))
        runs["not seen before"].append(edit(client, number, number))
    for kind, times in runs.items():
        wall = statistics.median(run[0] for run in times)
        added = statistics.median(run[0] - run[1] for run in times)
        count = syncs_per_edit(server, client, kind == "not seen before")
        allowed = max(0.01 * wall, 0.005) + AWAITED[kind] * sync
        stages = (wall - added) * 1e3
        rows += [
            (f"one edit of pictures {kind}, wall / its stages; fsyncs, awaited",
             f"{wall * 1e3:.1f} / {stages:.1f} ms; {count:.1f}, {AWAITED[kind]}", ""),
            ("added to it by HTTP, queue and store", f"{added * 1e3:.1f} ms",
             f"{allowed * 1e3:.1f} ms"),
        ]
    client.close()
    return rows
