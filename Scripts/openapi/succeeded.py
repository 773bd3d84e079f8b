"""Fails unless every operation of the document was seen to succeed."""

import sys

import yaml

with open(sys.argv[1]) as file:
    document = yaml.safe_load(file)
verbs = {"get", "put", "post", "delete", "patch"}
wanted = {
    (verb.upper(), path)
    for path, item in document["paths"].items()
    for verb in item
    if verb in verbs
}
with open(sys.argv[2]) as file:
    calls = [line.split() for line in file]
succeeded = {(method, path) for method, path, status in calls if status.startswith("2")}
for method, path in sorted(wanted - succeeded):
    print(f"never seen to succeed: {method} {path}")
print(f"{len(succeeded & wanted)} of {len(wanted)} operations succeeded in {len(calls)} calls")
sys.exit(bool(wanted - succeeded))
