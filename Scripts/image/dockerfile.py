"""Reads a Dockerfile into stages; what it does not know it refuses."""

import json
import re
import shlex
from dataclasses import dataclass, field

KNOWN = {
    "ARG", "FROM", "RUN", "COPY", "ENV", "USER", "WORKDIR", "VOLUME", "EXPOSE", "STOPSIGNAL",
    "HEALTHCHECK", "ENTRYPOINT", "CMD", "LABEL",
}


class DockerfileError(Exception):
    pass


@dataclass
class Instruction:
    name: str
    text: str
    line: int

    def options(self):
        """Leading --name=value words, and the rest of the text."""
        found, rest = {}, self.text
        while match := re.match(r"--([a-z-]+)=(\S+)\s+", rest):
            found[match[1]] = match[2]
            rest = rest[match.end():]
        return found, rest


@dataclass
class Stage:
    base: str
    name: str | None
    instructions: list[Instruction] = field(default_factory=list)


def instructions(text):
    """Comments and continuation lines resolved, as Docker does."""
    pending, start = "", 0
    for number, line in enumerate(text.splitlines(), 1):
        if line.lstrip().startswith("#") or (pending and not line.strip()):
            continue
        if not pending and not line.strip():
            continue
        start = start if pending else number
        pending += line.strip() if not pending else " " + line.strip()
        if pending.endswith("\\"):
            pending = pending[:-1].rstrip()
            continue
        name, _, rest = pending.partition(" ")
        if name.upper() not in KNOWN:
            raise DockerfileError(f"line {start}: {name} is not an instruction that is known here")
        yield Instruction(name.upper(), rest.strip(), start)
        pending = ""
    if pending:
        raise DockerfileError(f"line {start}: the file ends inside an instruction")


def substitute(text, variables):
    """$NAME, ${NAME} and ${NAME:-default}."""
    def value(match):
        name = match[1] or match[3]
        return variables.get(name) or (match[2] or "")
    return re.sub(r"\$(?:\{(\w+)(?::-([^}]*))?\}|(\w+))", value, text)


def words(text):
    """The JSON form, or words as a shell splits them."""
    return json.loads(text) if text.startswith("[") else shlex.split(text)


def assignments(text):
    return [word.partition("=")[::2] for word in shlex.split(text)]


def parse(text, arguments=None):
    """All stages; arguments before the first FROM are put into the FROM lines."""
    globals_, stages = dict(arguments or {}), []
    for instruction in instructions(text):
        if instruction.name == "FROM":
            match = re.fullmatch(
                r"(\S+)(?:\s+[Aa][Ss]\s+(\S+))?", substitute(instruction.text, globals_))
            if not match:
                raise DockerfileError(f"line {instruction.line}: cannot read FROM")
            stages.append(Stage(match[1], match[2]))
        elif not stages:
            if instruction.name != "ARG":
                raise DockerfileError(f"line {instruction.line}: before the first FROM")
            name, _, default = instruction.text.partition("=")
            globals_.setdefault(name, default)
        else:
            stages[-1].instructions.append(instruction)
    return stages


@dataclass
class Configuration:
    """What an image says about how it is run."""
    environment: dict = field(default_factory=dict)
    user: str = "0"
    directory: str = "/"
    entrypoint: list = field(default_factory=list)
    command: list = field(default_factory=list)
    health: list = field(default_factory=list)
    stop_signal: str = "SIGTERM"
    ports: list = field(default_factory=list)
    volumes: list = field(default_factory=list)
    labels: dict = field(default_factory=dict)

    def apply(self, instruction, variables):
        """Takes in an instruction that changes no file."""
        options, rest = instruction.options()
        text = substitute(rest, variables)
        match instruction.name:
            case "ENV": self.environment.update(assignments(text))
            case "USER": self.user = text
            case "WORKDIR": self.directory = text
            case "ENTRYPOINT": self.entrypoint = words(text)
            case "CMD": self.command = words(text)
            case "STOPSIGNAL": self.stop_signal = text
            case "EXPOSE": self.ports += text.split()
            case "VOLUME": self.volumes += words(text)
            case "LABEL": self.labels.update(assignments(text))
            case "HEALTHCHECK": self.health = words(text.removeprefix("CMD").strip())
