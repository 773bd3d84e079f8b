"""Kubernetes manifests: kustomizations joined, held against schemas and against each other."""

import kubernetes_validate
import yaml

from report import expect, faults

# The latest, and the oldest whose features are used.
VERSIONS = ["1.37.0", "1.31.0"]
# Secrets that people make, with the keys that they are to have.
BY_HAND = {"byteedit-keys": {"keys.yaml"}, "byteedit-store": {"uri"},
           "byteedit-tls": {"tls.crt", "tls.key"}}
# What is understood here of a kustomization.
KNOWN = {"apiVersion", "kind", "namespace", "resources", "images", "patches",
         "secretGenerator", "generatorOptions"}
WORKLOADS = ("Deployment", "StatefulSet")


def documents(path):
    return [document for document in yaml.safe_load_all(path.read_text()) if document]


def kustomization(folder):
    """All manifests of a folder by kind and name, as kustomize would join them."""
    found, own = {}, yaml.safe_load((folder / "kustomization.yaml").read_text())
    expect(own.keys() <= KNOWN, f"{folder}: {sorted(own.keys() - KNOWN)} are not understood here")
    files = {path.name for path in folder.glob("*.yaml")} - {"kustomization.yaml"}
    patches = [patch["path"] for patch in own.get("patches", [])]
    listed = {name for name in own["resources"] if name.endswith(".yaml")} | set(patches)
    expect(listed == files, f"{folder}: {sorted(listed)} are listed, {sorted(files)} are there")
    for name in own["resources"]:
        path = folder / name
        added = kustomization(path) if path.is_dir() else {
            (document["kind"], document["metadata"]["name"]): validated(path, document)
            for document in documents(path)}
        expect(not added.keys() & found.keys(), f"{path} names {added.keys() & found.keys()} again")
        found |= added
    for path in (folder / patch for patch in patches):
        for patch in documents(path):
            key = patch["kind"], patch["metadata"]["name"]
            if expect(key in found, f"{path}: there is no {' '.join(key)}"):
                found[key] = validated(path, merged(found[key], patch))
    for secret in own.get("secretGenerator", []):
        literals = dict(literal.partition("=")[::2] for literal in secret["literals"])
        found["Secret", secret["name"]] = {"stringData": literals}
    expect(own["namespace"] == "byteedit", f"{folder}: another namespace")
    return found


# By what the elements of a list are told apart (x-kubernetes-patch-merge-key).
MERGE_KEYS = {"containers": "name", "env": "name", "volumes": "name", "volumeMounts": "mountPath"}


def merged(base, patch, field=""):
    """A strategic merge, as kustomize does it, of the lists that are patched here."""
    if isinstance(base, dict) and isinstance(patch, dict):
        return base | {name: merged(base[name], value, name) if name in base else value
                       for name, value in patch.items()}
    if not isinstance(base, list):
        return patch
    # A service's ports have another key than a container's.
    key = "port" if field == "ports" and "targetPort" in base[0] else MERGE_KEYS[field]
    elements = {element[key]: element for element in base}
    for element in patch:
        if element.get("$patch") == "delete":
            expect(elements.pop(element[key], None), f"{field}: {element[key]} is not there")
        else:
            elements[element[key]] = merged(elements.get(element[key], {}), element)
    return list(elements.values())


def validated(path, document):
    for version in VERSIONS:
        try:
            kubernetes_validate.validate(document, version, strict=True)
        except kubernetes_validate.ValidationError as error:
            faults.append(f"{path}: {version}: {error.message}")
    return document


class Workload:
    """A Deployment or StatefulSet and what its pods show."""

    def __init__(self, kind, name, document):
        self.title, self.spec = f"{kind} {name}", document["spec"]
        self.kind, self.name = kind, name
        self.labels = self.spec["template"]["metadata"]["labels"]
        self.pod = self.spec["template"]["spec"]
        self.container = self.pod["containers"][0]
        self.ports = {port["name"]: port["containerPort"] for port in self.container["ports"]}
        self.is_ours = self.container["image"] == "byteedit"

    def matches(self, selector):
        return selector.items() <= self.labels.items()

    def probes(self):
        return {name: self.container[name]["httpGet"] for name in
                ("startupProbe", "readinessProbe", "livenessProbe")
                if "httpGet" in self.container.get(name, {})}


def workloads(found):
    return [Workload(*key, document) for key, document in found.items() if key[0] in WORKLOADS]


def check(found, image):
    """References between the manifests of one kustomization, and to the image."""
    pods = workloads(found)
    for pod in pods:
        check_workload(pod, found)
        if pod.is_ours:
            check_image(pod, image)
    for (kind, name), document in found.items():
        title, spec = f"{kind} {name}", document.get("spec", {})
        if kind == "Service":
            chosen = selected(pods, spec["selector"], title)
            for pod in chosen:
                for port in spec["ports"]:
                    expect(port["targetPort"] in pod.ports,
                           f"{title}: {pod.title} has no port {port['targetPort']}")
        elif kind == "PodDisruptionBudget":
            chosen = selected(pods, spec["selector"]["matchLabels"], title)
            expect(len(chosen) == 1, f"{title}: counts {len(chosen)} kinds of pods together")
        elif kind == "NetworkPolicy":
            check_policy(title, spec, pods)
        elif kind == "HorizontalPodAutoscaler":
            target = spec["scaleTargetRef"]
            scaled = found.get((target["kind"], target["name"]))
            if expect(scaled, f"{title}: there is no {target['kind']} {target['name']}"):
                expect("replicas" not in scaled["spec"],
                       f"{title}: {target['name']} says its number of replicas itself")
    check_walls(found, pods)


def selected(pods, selector, title):
    chosen = [pod for pod in pods if pod.matches(selector)]
    expect(chosen and selector, f"{title} selects no pod: {selector}")
    return chosen


def check_workload(pod, found):
    expect(pod.matches(pod.spec["selector"]["matchLabels"]), f"{pod.title} is not its own pods'")
    if pod.kind == "StatefulSet":
        expect(("Service", pod.spec["serviceName"]) in found, f"{pod.title}: serviceName")
    for name, probe in pod.probes().items():
        expect(probe["port"] in pod.ports, f"{pod.title}: {name}: no port {probe['port']}")
    volumes = {volume["name"]: volume for volume in pod.pod.get("volumes", [])}
    claims = {claim["metadata"]["name"] for claim in pod.spec.get("volumeClaimTemplates", [])}
    mounts = {mount["name"] for mount in pod.container["volumeMounts"]}
    expect(mounts == volumes.keys() | claims, f"{pod.title}: mounts {mounts} are not the volumes")
    for volume in volumes.values():
        name = volume.get("configMap", {}).get("name")
        expect(not name or ("ConfigMap", name) in found, f"{pod.title}: there is no ConfigMap {name}")
        if secret := volume.get("secret"):
            secret_keys(secret["secretName"], found, pod)
    for entry in pod.container.get("env", []):
        if reference := entry.get("valueFrom", {}).get("secretKeyRef"):
            expect(reference["key"] in secret_keys(reference["name"], found, pod),
                   f"{pod.title}: Secret {reference['name']} has no {reference['key']}")
    for term in (pod.pod.get("affinity", {}).get("podAntiAffinity", {})
                 .get("preferredDuringSchedulingIgnoredDuringExecution", [])):
        selector = term["podAffinityTerm"]["labelSelector"]["matchLabels"]
        expect(pod.matches(selector), f"{pod.title} keeps away from others, not from its own kind")


def secret_keys(name, found, pod):
    made = found.get(("Secret", name), {}).get("stringData", {}).keys()
    keys = made or BY_HAND.get(name, set())
    expect(keys, f"{pod.title}: there is no Secret {name}")
    return keys


def check_image(pod, image):
    user, _, group = image.user.partition(":")
    expect(user.isdigit() and user != "0", f"the image's user is {user}, not a number but 0")
    expect(str(pod.pod["securityContext"]["runAsUser"]) == user
           and str(pod.pod["securityContext"]["runAsGroup"]) == group,
           f"{pod.title}: runs as another user than the image's")
    expect(len(pod.probes()) == 3, f"{pod.title}: probes are missing")
    if "http" in pod.ports:
        port = image.environment["BYTEEDIT_PORT"]
        expect(image.ports == [port], f"the image exposes {image.ports} and listens on {port}")
        expect(str(pod.ports["http"]) == port, f"{pod.title}: containerPort is not the image's {port}")


# What webhooks must not reach, by the block that they may.
INSIDE = {
    "0.0.0.0/0": {"10.0.0.0/8", "100.64.0.0/10", "127.0.0.0/8", "169.254.0.0/16", "172.16.0.0/12",
                  "192.168.0.0/16"},
    "::/0": {"fc00::/7", "fe80::/10"},
}


def check_policy(title, spec, pods):
    chosen = selected(pods, spec["podSelector"]["matchLabels"], title)
    for rule in spec.get("ingress", []):
        for port in rule["ports"]:
            for pod in chosen:
                expect(port["port"] in pod.ports, f"{title}: {pod.title} has no port {port['port']}")
        for peer in rule["from"]:
            if "namespaceSelector" not in peer:
                selected(pods, peer["podSelector"]["matchLabels"], title)
    blocks = [peer["ipBlock"] for rule in spec.get("egress", []) for peer in rule.get("to", [])
              if "ipBlock" in peer]
    for block in blocks:
        expect(set(block.get("except", ())) >= INSIDE[block["cidr"]],
               f"{title}: lets pods out to {block['cidr']}, the inside included")


def check_walls(found, pods):
    """Nothing comes into a pod or goes out of it but by a rule."""
    policies = [document["spec"] for (kind, _), document in found.items() if kind == "NetworkPolicy"]
    for pod in pods:
        closed = {kind for policy in policies if pod.matches(policy["podSelector"]["matchLabels"])
                  for kind in policy["policyTypes"]}
        expect(closed == {"Ingress", "Egress"}, f"{pod.title}: only {closed} is limited")
