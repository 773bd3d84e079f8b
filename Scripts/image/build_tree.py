"""Carries out the steps of a Dockerfile in folders and chroots, without a container engine.

build_tree.py --work FOLDER --base IMAGE=FOLDER ... [--toolchain FOLDER] [--cache FOLDER]

Prints where the last stage's tree is, and writes its configuration beside it as config.json.
Has to run as root. Base images are folders with a root file system.
"""

import argparse
import dataclasses
import fnmatch
import json
import os
import pathlib
import shutil
import subprocess
import sys

import dockerfile


def say(*text):
    print("image:", *text, file=sys.stderr, flush=True)


class Ignore:
    """.dockerignore: later patterns win, ! takes back."""

    def __init__(self, path):
        lines = path.read_text().splitlines() if path.exists() else []
        self.rules = [
            (line.removeprefix("!").strip("/"), not line.startswith("!"))
            for line in map(str.strip, lines) if line and not line.startswith("#")]

    def excludes(self, path):
        excluded = False
        for pattern, excludes in self.rules:
            # A pattern that names a folder holds for all below it.
            parts = path.split("/")
            prefixes = ["/".join(parts[:count]) for count in range(1, len(parts) + 1)]
            if any(matches(pattern, prefix) for prefix in prefixes):
                excluded = excludes
        return excluded


def matches(pattern, path):
    """As Docker: * stays within one folder, ** does not."""
    wanted, found = pattern.split("/"), path.split("/")
    def match(i, j):
        if i == len(wanted):
            return j == len(found)
        if wanted[i] == "**":
            return any(match(i + 1, k) for k in range(j, len(found) + 1))
        return j < len(found) and fnmatch.fnmatchcase(found[j], wanted[i]) and match(i + 1, j + 1)
    return match(0, 0)


class Builder:
    def __init__(self, context, work, bases, toolchain, cache):
        self.context, self.work, self.bases = context, work, bases
        self.toolchain, self.cache = toolchain, cache
        self.ignore = Ignore(context / ".dockerignore")
        self.trees = {}

    def build(self, stages):
        for number, stage in enumerate(stages):
            root = self.work / f"stage-{number}"
            if root.exists():
                shutil.rmtree(root)
            base = self.trees.get(stage.base) or self.bases.get(stage.base)
            if base is None:
                raise SystemExit(f"image: no folder stands for {stage.base}; give one with --base")
            say(f"stage {number}: from {stage.base}")
            subprocess.run(["cp", "-a", "--reflink=auto", base, root], check=True)
            configuration = self.carry_out(stage, root)
            self.trees[stage.name or str(number)] = root
        return root, configuration

    def carry_out(self, stage, root):
        configuration, arguments = dockerfile.Configuration(), {}
        configuration.environment["PATH"] = (
            "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin")
        for step in stage.instructions:
            variables = arguments | configuration.environment
            say(f"line {step.line}: {step.name} {step.text[:90]}")
            if step.name == "ARG":
                name, _, default = step.text.partition("=")
                arguments[name] = default
            elif step.name == "RUN":
                self.run(root, step, configuration, variables)
            elif step.name == "COPY":
                self.copy(root, step, configuration, variables)
            else:
                configuration.apply(step, variables)
                if step.name == "WORKDIR":
                    (root / configuration.directory.lstrip("/")).mkdir(parents=True, exist_ok=True)
        return configuration

    def run(self, root, step, configuration, variables):
        options, command = step.options()
        binds = []
        if mount := options.get("mount"):
            fields = dict(part.partition("=")[::2] for part in mount.split(","))
            if fields.get("type") != "cache":
                raise SystemExit(f"image: line {step.line}: only cache mounts are known here")
            binds.append((self.cache, fields["target"]))
        if self.toolchain and (root / "opt/toolchain").exists():
            binds.append((self.toolchain, "/opt/toolchain"))
        enter(root, ["/bin/sh", "-c", command], configuration, variables, binds)

    def copy(self, root, step, configuration, variables):
        options, rest = step.options()
        *sources, target = dockerfile.words(dockerfile.substitute(rest, variables))
        into = pathlib.PurePosixPath(configuration.directory) / target
        place = root / str(into).lstrip("/")
        for source in sources:
            if stage := options.get("from"):
                self.copy_tree(self.trees[stage] / source.lstrip("/"), place, lambda path: False)
            else:
                self.copy_tree(self.context / source, place, self.ignore.excludes)
        if owner := options.get("chown"):
            subprocess.run(["chown", "-R", owner, place], check=True)

    def copy_tree(self, source, place, excludes):
        """A folder's content goes into the target, a file under its name (Docker's COPY)."""
        if source.is_file():
            place.parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(source, place)
            return
        if not source.is_dir():
            raise SystemExit(f"image: COPY: there is no {source}")
        for folder, folders, files in os.walk(source):
            below = pathlib.Path(folder).relative_to(source)
            name = lambda entry: (below / entry).as_posix()
            links = [entry for entry in folders if (pathlib.Path(folder) / entry).is_symlink()]
            # Excluded folders are still walked where a later rule may take something back.
            for entry in files + links:
                if excludes(name(entry)):
                    continue
                target = place / below / entry
                target.parent.mkdir(parents=True, exist_ok=True)
                shutil.copy2(pathlib.Path(folder) / entry, target, follow_symlinks=False)
            folders[:] = [
                entry for entry in folders if entry not in links
                and not (excludes(name(entry)) and entry in (".git", ".build"))]


def enter(root, command, configuration, variables, binds=(), check=True):
    """Runs a command in the tree, with a namespace of mounts of its own, as the stage's user."""
    script = ["set -e", "mount --make-rprivate /"]
    for source, target in binds:
        script.append(f"mkdir -p '{root}{target}'; mount --bind '{source}' '{root}{target}'")
    for place in ("proc", "dev", "sys"):
        script.append(f"mkdir -p '{root}/{place}'; mount --rbind /{place} '{root}/{place}'")
    script.append(
        f"touch '{root}/etc/resolv.conf'; mount --bind /etc/resolv.conf '{root}/etc/resolv.conf'")
    user = configuration.user if ":" in configuration.user else configuration.user + ":0"
    directory = configuration.directory
    script.append(
        f"exec chroot --userspec={user} '{root}' /bin/sh -c 'cd \"$0\" && exec \"$@\"' "
        f"'{directory}' \"$@\"")
    environment = {"HOME": "/root"} | variables
    return subprocess.run(
        ["unshare", "--mount", "bash", "-c", "\n".join(script), "enter", *command],
        env=environment | {"DEBIAN_FRONTEND": "noninteractive"}, check=check,
        stdout=sys.stderr)


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--context", type=pathlib.Path, default=pathlib.Path("."))
    parser.add_argument("--work", type=pathlib.Path, required=True)
    parser.add_argument("--base", action="append", default=[], metavar="IMAGE=FOLDER")
    parser.add_argument("--toolchain", type=pathlib.Path)
    parser.add_argument("--cache", type=pathlib.Path)
    parser.add_argument("--argument", action="append", default=[], metavar="NAME=VALUE")
    options = parser.parse_args()
    pairs = lambda values: dict(value.partition("=")[::2] for value in values)
    stages = dockerfile.parse(
        (options.context / "Dockerfile").read_text(), pairs(options.argument))
    builder = Builder(
        options.context.resolve(), options.work.resolve(), pairs(options.base), options.toolchain,
        options.cache)
    root, configuration = builder.build(stages)
    (options.work / "config.json").write_text(
        json.dumps(dataclasses.asdict(configuration), indent=2))
    print(root)


if __name__ == "__main__":
    main()
