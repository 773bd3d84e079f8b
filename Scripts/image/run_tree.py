"""Runs a command in a tree as a container engine would: read-only root, the image's user and
environment, /tmp and /data of its own.

run_tree.py --work FOLDER --tree FOLDER [--environment NAME=VALUE] [--user ID:ID]
            (--exec | --health | -- COMMAND ...)
"""

import argparse
import json
import os
import pathlib


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--work", type=pathlib.Path, required=True)
    parser.add_argument("--tree", type=pathlib.Path, required=True)
    parser.add_argument("--environment", action="append", default=[])
    parser.add_argument("--user")
    parser.add_argument("--exec", action="store_true", help="the image's entry point and command")
    parser.add_argument("--health", action="store_true", help="the image's health check")
    parser.add_argument("command", nargs="*")
    options = parser.parse_args()
    image = json.loads((options.work / "config.json").read_text())
    command = options.command
    if options.exec:
        command = image["entrypoint"] + image["command"]
    elif options.health:
        command = image["health"]
    user = options.user or image["user"]
    environment = image["environment"] | dict(
        value.partition("=")[::2] for value in options.environment)

    tree = str(options.tree)
    script = ["set -e", "mount --make-rprivate /", f"mount --bind '{tree}' '{tree}'"]
    for volume in image["volumes"]:
        # A new volume has the owner and mode of the image's folder.
        place = f"{options.work}{volume}"
        script.append(
            f"[ -d '{place}' ] || cp -a '{tree}{volume}' '{place}'; "
            f"mount --bind '{place}' '{tree}{volume}'")
    script += [
        f"mount --rbind /proc '{tree}/proc'", f"mount --rbind /dev '{tree}/dev'",
        f"mount --rbind /sys '{tree}/sys'", f"mount -t tmpfs -o mode=1777 tmpfs '{tree}/tmp'",
        f"mount -o remount,bind,ro '{tree}'",
        f"exec chroot --userspec={user} '{tree}' /bin/sh -c 'cd \"$0\" && exec \"$@\"' "
        f"'{image['directory']}' \"$@\"",
    ]
    os.execvpe(
        "unshare", ["unshare", "--mount", "bash", "-c", "\n".join(script), "enter", *command],
        environment)


if __name__ == "__main__":
    main()
