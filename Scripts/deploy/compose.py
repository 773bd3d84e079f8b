"""The compose file: its schema, and what its parts say of each other."""

import json
import pathlib
import re
import sys

import jsonschema
import yaml

from report import expect, faults

FOLDER = pathlib.Path("deploy/compose")


def schema():
    """The compose specification's, as the last docker-compose on PyPI carries it."""
    for folder in map(pathlib.Path, sys.path):
        path = folder / "compose/config/compose_spec.json"
        if path.exists():
            return json.loads(path.read_text())
    raise SystemExit("check-deploy: the package docker-compose is not installed")


def read():
    return yaml.safe_load((FOLDER / "compose.yaml").read_text())


def check(compose, image):
    for error in jsonschema.Draft7Validator(schema()).iter_errors(compose):
        faults.append(f"compose.yaml: {'.'.join(map(str, error.path))}: {error.message[:200]}")
    services = compose["services"]
    ports = [port.rpartition(":")[0] for service in services.values()
             if "postgres" in service["profiles"] for port in service.get("ports", [])]
    expect(len(ports) == len(set(ports)), f"compose.yaml: ports {ports} are published twice")
    for name, service in services.items():
        title = f"compose.yaml: {name}"
        expect(len(service.get("profiles", [])) == 1, f"{title}: is not of one profile")
        for port in service.get("ports", []):
            expect(re.fullmatch(rf"127\.0\.0\.1:\d+:{image.ports[0]}", port), f"{title}: port {port}")
        for needed in service.get("depends_on", {}):
            expect(services[needed]["profiles"] == service["profiles"] and
                   "healthcheck" in services[needed], f"{title}: waits for {needed} in vain")
        for volume in service.get("volumes", []):
            source = volume.partition(":")[0]
            there = (FOLDER / source).exists() if source.startswith(".") else source in compose["volumes"]
            expect(there, f"{title}: there is no volume {source}")


def ours(compose):
    return {name: service for name, service in compose["services"].items() if "build" in service}


def variables(compose):
    return {name for service in ours(compose).values() for name in service.get("environment", {})}


def configurations(compose):
    """Name and text of the settings that the services are given."""
    names = {volume.partition(":")[0].removeprefix("./") for service in ours(compose).values()
             for volume in service["volumes"] if volume.startswith("./")}
    return {f"compose/{name}": (FOLDER / name).read_text() for name in sorted(names)}
