"""Checks Dockerfile and deploy/ against schemas, each other and the binary."""

import pathlib
import re
import sys

import dockerfile
import yaml

import compose
import manifests
import running
from report import expect, faults

DEPLOY = pathlib.Path("deploy")
KUBERNETES = DEPLOY / "kubernetes"
# Answers under way are given so long after drain_seconds.
ANSWERS = 5


def image_configuration():
    configuration = dockerfile.Configuration()
    stages = dockerfile.parse(pathlib.Path("Dockerfile").read_text())
    for step in stages[-1].instructions:
        if step.name not in ("ARG", "RUN", "COPY"):
            configuration.apply(step, configuration.environment)
    expect(configuration.environment.get("BYTEEDIT_DATA_DIR") in configuration.volumes,
           "the data are in no volume")
    expect(configuration.health[:2] == ["byteedit", "health"],
           "the image's health check is another command")
    return configuration


def check_stops(where, wait, configuration):
    """Whoever stops the service waits longer than it drains."""
    drain = yaml.safe_load(configuration)["drain_seconds"]
    expect(wait > drain + ANSWERS, f"{where} kills after {wait} s, draining takes {drain} s")


def check_keys(where, configuration):
    """Nothing that is deployed lets callers in without a key, beyond loopback."""
    found = yaml.safe_load(configuration)
    expect(not found.get("insecure_no_auth"), f"{where}: lets everybody in")


def autoscaler_query():
    """The query of the example for KEDA."""
    text = pathlib.Path("docs/deployment.md").read_text()
    found = re.search(r"^ *query: (.+)$", text, re.M)
    return found[1].strip('"') if found else faults.append("docs/deployment.md has no query")


def main(binary):
    image = image_configuration()
    kinds = {path.parent.name: manifests.kustomization(path.parent)
             for path in sorted(KUBERNETES.glob("*/kustomization.yaml"))}
    configurations, variables, pods = {}, set(image.environment), {}
    for name, found in kinds.items():
        manifests.check(found, image)
        text = found["ConfigMap", "byteedit"]["data"]["byteedit.yaml"]
        configurations[f"kubernetes/{name}"] = text
        for pod in manifests.workloads(found):
            pods[name, pod.name] = pod
            if pod.is_ours:
                check_stops(f"{name}: {pod.title}", pod.pod["terminationGracePeriodSeconds"], text)
                variables |= {entry["name"] for entry in pod.container["env"]}

    composed = compose.read()
    compose.check(composed, image)
    configurations |= compose.configurations(composed)
    variables |= compose.variables(composed)
    for name, service in compose.ours(composed).items():
        file = next(volume for volume in service["volumes"] if volume.startswith("./"))
        check_stops(f"compose.yaml: {name}", int(service["stop_grace_period"].removesuffix("s")),
                    configurations["compose/" + file.partition(":")[0].removeprefix("./")])

    unit = (DEPLOY / "systemd/byteedit.service").read_text()
    configurations["systemd"] = (DEPLOY / "systemd/byteedit.yaml").read_text()
    variables |= set(re.findall(r"BYTEEDIT_\w+", unit))
    check_stops("byteedit.service", int(re.search(r"^TimeoutStopSec=(\d+)$", unit, re.M)[1]),
                configurations["systemd"])

    variables = {name for name in variables if name.startswith("BYTEEDIT_")}
    for where, text in configurations.items():
        check_keys(where, text)
    running.check_settings(binary, configurations, variables)
    if not faults:
        running.check_alone(
            binary, pods["base", "byteedit"], configurations["kubernetes/base"])
        running.check_fleet(
            binary, pods["postgres", "byteedit-api"], pods["postgres-tls", "byteedit-api"],
            pods["postgres", "byteedit-worker"], configurations["kubernetes/postgres"], autoscaler_query())
    for fault in dict.fromkeys(faults):
        print("check-deploy:", fault, file=sys.stderr)
    if not faults:
        count = len({key for found in kinds.values() for key in found})
        print(f"check-deploy: {count} manifests in {len(kinds)} kustomizations valid for Kubernetes",
              f"{', '.join(manifests.VERSIONS)}; compose file valid; {len(variables)} variables and",
              f"{len(configurations)} files read by the binary; probes answered by one process, and by",
              "two, one over TLS, with a worker and PostgreSQL")
    sys.exit(1 if faults else 0)


main(sys.argv[1])
