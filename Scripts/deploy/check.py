"""Checks Dockerfile and deploy/ against schemas, each other and the binary."""

import json
import pathlib
import re
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request

import dockerfile
import kubernetes_validate
import yaml

DEPLOY = pathlib.Path("deploy")
BASE = DEPLOY / "kubernetes/base"
# The latest, and the oldest whose features are used.
KUBERNETES = ["1.37.0", "1.31.0"]
# Answers under way are given so long after drain_seconds.
ANSWERS = 5
faults = []


def expect(condition, fault):
    if not condition:
        faults.append(fault)


def documents(path):
    return [document for document in yaml.safe_load_all(path.read_text()) if document]


def image_configuration():
    configuration = dockerfile.Configuration()
    stages = dockerfile.parse(pathlib.Path("Dockerfile").read_text())
    for step in stages[-1].instructions:
        if step.name not in ("ARG", "RUN", "COPY"):
            configuration.apply(step, configuration.environment)
    return configuration


def check_schemas():
    """Every manifest against the strict schemas; answers them by kind and name."""
    found = {}
    listed = yaml.safe_load((BASE / "kustomization.yaml").read_text())["resources"]
    files = sorted(path.name for path in BASE.glob("*.yaml") if path.name != "kustomization.yaml")
    expect(sorted(listed) == files, f"kustomization.yaml lists {listed}, the folder has {files}")
    for path in sorted(BASE.glob("*.yaml")):
        for document in documents(path):
            if path.name == "kustomization.yaml":
                continue
            for version in KUBERNETES:
                try:
                    kubernetes_validate.validate(document, version, strict=True)
                except kubernetes_validate.ValidationError as error:
                    faults.append(f"{path}: {version}: {error.message}")
            found[document["kind"], document["metadata"]["name"]] = document
    return found


def check_references(found, image):
    workload = found["StatefulSet", "byteedit"]["spec"]
    pod, labels = workload["template"]["spec"], workload["template"]["metadata"]["labels"]
    container = pod["containers"][0]
    ports = {port["name"]: port["containerPort"] for port in container["ports"]}
    expect(("Service", workload["serviceName"]) in found, "serviceName names no Service")
    for (kind, name), document in found.items():
        spec = document.get("spec", {})
        selector = {
            "Service": lambda: spec["selector"],
            "StatefulSet": lambda: spec["selector"]["matchLabels"],
            "PodDisruptionBudget": lambda: spec["selector"]["matchLabels"],
            "NetworkPolicy": lambda: spec["podSelector"]["matchLabels"],
        }.get(kind, dict)()
        expect(selector.items() <= labels.items(), f"{kind} {name} selects no pod: {selector}")
        for port in spec.get("ports", []) if kind == "Service" else []:
            expect(port["targetPort"] in ports, f"Service {name}: no port {port['targetPort']}")
    for rule in found["NetworkPolicy", "byteedit"]["spec"]["ingress"]:
        for port in rule["ports"]:
            expect(port["port"] in ports, f"NetworkPolicy: no port {port['port']}")
    volumes = {volume["name"]: volume for volume in pod["volumes"]}
    claims = {claim["metadata"]["name"] for claim in workload["volumeClaimTemplates"]}
    mounts = {mount["name"]: mount["mountPath"] for mount in container["volumeMounts"]}
    expect(mounts.keys() == volumes.keys() | claims, f"mounts {mounts} are not the volumes")
    for volume in volumes.values():
        name = volume.get("configMap", {}).get("name")
        expect(not name or ("ConfigMap", name) in found, f"there is no ConfigMap {name}")
    user = image.user.partition(":")[0]
    expect(user.isdigit() and user != "0", f"the image's user is {user}, not a number but 0")
    expect(str(pod["securityContext"]["runAsUser"]) == user, "runAsUser is not the image's user")
    port = image.environment["BYTEEDIT_PORT"]
    expect(image.ports == [port], f"the image exposes {image.ports} and listens on {port}")
    expect(str(ports["http"]) == port, f"containerPort is not the image's {port}")
    expect(image.environment.get("BYTEEDIT_DATA_DIR") in image.volumes, "the data are in no volume")
    return container


def settings(binary):
    """Names of all settings, as the binary lists them."""
    text = subprocess.run(
        [binary, "serve", "--help"], check=True, capture_output=True, text=True).stdout
    return {name.lower() for name in re.findall(r"\bBYTEEDIT_(\w+)\b", text)} - {"config"}


def check_settings(binary, names, image, configurations, variables):
    """The binary reads every file and knows every variable."""
    for variable in variables:
        name = variable.removeprefix("BYTEEDIT_").lower()
        expect(name in names | {"config"}, f"{variable} is no setting of the binary")
    for where, text in configurations.items():
        with tempfile.NamedTemporaryFile("w", suffix=".yaml") as file:
            file.write(text)
            file.flush()
            answer = subprocess.run(
                [binary, "doctor", "--json", "--judges", "off", "--config", file.name],
                capture_output=True, text=True)
        finding = json.loads(answer.stdout)["findings"][0]
        expect(finding["status"] == "ok", f"{where}: {finding['detail']}")


def check_probes(binary, container, configuration):
    """Starts the binary with the manifest's settings and asks what the probes ask."""
    paths = {container[probe]["httpGet"]["path"]
             for probe in ("startupProbe", "readinessProbe", "livenessProbe")} | {"/metrics"}
    expect(len(paths) == 4, f"probes share paths: {paths}")
    with tempfile.TemporaryDirectory() as work:
        file = pathlib.Path(work, "byteedit.yaml")
        file.write_text(configuration)
        log = pathlib.Path(work, "log")
        with log.open("w") as output:
            server = subprocess.Popen(
                [binary, "serve", "--config", file, "--port", "0", "--data-dir", work + "/data"],
                stderr=output)
        try:
            address = wait_for(lambda: re.search(r"http://[\d.:]+", log.read_text()), server)
            if not address:
                faults.append(f"the service does not start: {log.read_text()[-500:]}")
                return
            for path in sorted(paths):
                status = wait_for(lambda: get(address[0] + path) == 200, server)
                expect(status, f"{path} does not answer 200")
            health = subprocess.run([binary, "health", address[0] + "/readyz"], capture_output=True)
            expect(health.returncode == 0, f"byteedit health: {health.stderr.decode()}")
            refused = subprocess.run([binary, "health", address[0] + "/none"], capture_output=True)
            expect(refused.returncode == 1, "byteedit health calls a 404 healthy")
        finally:
            server.terminate()
            server.wait()


def get(url):
    try:
        with urllib.request.urlopen(url, timeout=5) as answer:
            return answer.status
    except urllib.error.HTTPError as error:
        return error.code


def wait_for(condition, server):
    for _ in range(600):
        if found := condition():
            return found
        if server.poll() is not None:
            return None
        time.sleep(0.1)
    return None


def check_stops(found, compose, unit, configurations):
    """Whoever stops the service waits longer than it drains."""
    spec = found["StatefulSet", "byteedit"]["spec"]["template"]["spec"]
    waits = {
        "statefulset.yaml": spec["terminationGracePeriodSeconds"],
        "compose.yaml": int(compose["stop_grace_period"].removesuffix("s")),
        "byteedit.service": int(re.search(r"^TimeoutStopSec=(\d+)$", unit, re.M)[1]),
    }
    for (where, wait), text in zip(waits.items(), configurations.values()):
        drain = yaml.safe_load(text)["drain_seconds"]
        expect(wait > drain + ANSWERS, f"{where} kills after {wait} s, draining takes {drain} s")


def main(binary):
    image = image_configuration()
    found = check_schemas()
    container = check_references(found, image)
    compose = yaml.safe_load((DEPLOY / "compose/compose.yaml").read_text())["services"]["byteedit"]
    unit = (DEPLOY / "systemd/byteedit.service").read_text()
    configurations = {
        "configuration.yaml": found["ConfigMap", "byteedit"]["data"]["byteedit.yaml"],
        "compose/byteedit.yaml": (DEPLOY / "compose/byteedit.yaml").read_text(),
        "systemd/byteedit.yaml": (DEPLOY / "systemd/byteedit.yaml").read_text(),
    }
    variables = set(image.environment) | {entry["name"] for entry in container["env"]} | set(
        re.findall(r"BYTEEDIT_\w+", unit))
    variables = {name for name in variables if name.startswith("BYTEEDIT_")}
    names = settings(binary)
    expect(len(names) > 20, f"only {len(names)} settings found in the help")
    check_settings(binary, names, image, configurations, variables)
    check_stops(found, compose, unit, configurations)
    expect(image.health[:2] == ["byteedit", "health"], "the image's health check is another command")
    check_probes(binary, container, configurations["configuration.yaml"])
    for fault in faults:
        print("check-deploy:", fault, file=sys.stderr)
    if not faults:
        print(f"check-deploy: {len(found)} manifests valid for Kubernetes {', '.join(KUBERNETES)};",
              f"{len(variables)} variables and {len(configurations)} files read by the binary;",
              "probes answered")
    sys.exit(1 if faults else 0)


main(sys.argv[1])
