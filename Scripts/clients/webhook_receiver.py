"""Receivers of webhooks on this machine, and a server of ours that delivers to them."""

import base64
import http.server
import json
import os
import re
import secrets
import signal
import ssl
import subprocess
import sys
import tempfile
import threading
import time
import urllib.error
import urllib.request

from standardwebhooks.webhooks import Webhook, WebhookVerificationError

BINARY, ARGUMENTS = sys.argv[1], sys.argv[2:]
WORK = tempfile.mkdtemp(prefix="byteedit-webhooks-")
OLD, NEW = ("whsec_" + base64.b64encode(secrets.token_bytes(32)).decode() for _ in range(2))
TRACE = "0af7651916cd43dd8448eb211c80319c"


def check(what, holds):
    print(("ok      " if holds else "FAILED  ") + what, flush=True)
    if not holds:
        sys.exit(1)


def openssl(*arguments):
    subprocess.run(["openssl", *arguments], check=True, cwd=WORK, stderr=subprocess.DEVNULL)


def certify(name, names):
    """A certificate for `names`, signed by an authority of its own: NAME.pem, NAME.key, NAME-ca.pem."""
    curve = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-days", "2"]
    openssl("req", "-x509", *curve, "-keyout", f"{name}-ca.key", "-out", f"{name}-ca.pem", "-subj",
            f"/CN={name} test authority", "-addext", "keyUsage=critical,keyCertSign")
    openssl("req", "-x509", *curve, "-keyout", f"{name}.key", "-out", f"{name}.pem", "-subj",
            f"/CN={name}", "-addext", f"subjectAltName={names}", "-addext",
            "basicConstraints=critical,CA:FALSE", "-CA", f"{name}-ca.pem", "-CAkey",
            f"{name}-ca.key")


class Receiver(http.server.ThreadingHTTPServer):
    """Keeps what it gets, and answers each path with its statuses in turn, the last one for ever."""

    def __init__(self, certificate):
        super().__init__(("127.0.0.1", 0), Handler)
        self.got, self.answers = [], {}
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(f"{WORK}/{certificate}.pem", f"{WORK}/{certificate}.key")
        self.socket = context.wrap_socket(self.socket, server_side=True)
        threading.Thread(target=self.serve_forever, daemon=True).start()

    def handle_error(self, request, client_address):
        pass  # a client that does not trust us hangs up

    def at(self, path):
        return [one for one in self.got if one["path"] == path]

    def wait(self, path, count, seconds=30):
        end = time.monotonic() + seconds
        while len(self.at(path)) < count and time.monotonic() < end:
            time.sleep(0.02)
        return self.at(path)


class Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_POST(self):
        body = self.rfile.read(int(self.headers["Content-Length"]))
        self.server.got.append({"path": self.path, "headers": dict(self.headers), "body": body})
        statuses = self.server.answers.get(self.path, [204])
        status = statuses.pop(0) if len(statuses) > 1 else statuses[0]
        self.send_response(status)
        if status == 302:
            self.send_header("Location", "/elsewhere")
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, *arguments):
        pass


class Service:
    def __init__(self, name, *arguments):
        self.data = f"{WORK}/{name}"
        self.log = f"{WORK}/{name}.log"
        with open(self.log, "w") as log:
            self.process = subprocess.Popen(
                [BINARY, "serve", "--port", "0", "--data-dir", self.data, *arguments, *ARGUMENTS],
                stderr=log, env={k: v for k, v in os.environ.items() if not k.startswith("BYTEEDIT_")})
        end = time.monotonic() + 120
        while time.monotonic() < end and self.process.poll() is None:
            found = re.search(r"http://127\.0\.0\.1:\d+", open(self.log).read())
            if found:
                self.url = found.group()
                return
            time.sleep(0.05)
        sys.exit("the server did not start:\n" + open(self.log).read())

    def call(self, path, body=None, headers={}, method=None):
        request = urllib.request.Request(
            self.url + path, None if body is None else json.dumps(body).encode(),
            {"Content-Type": "application/json"} | headers, method=method)
        try:
            with urllib.request.urlopen(request) as response:
                text = response.read()
                return response.status, text
        except urllib.error.HTTPError as error:
            return error.code, error.read()

    def submit(self, webhook, **fields):
        status, text = self.call("/v1/edits", EDIT | {"webhook": webhook} | fields, {
            "traceparent": f"00-{TRACE}-b7ad6b7169203331-01"})
        return status, json.loads(text)

    def jobs(self, *arguments):
        return subprocess.run([BINARY, "jobs", *arguments, "--data-dir", self.data],
                              check=True, capture_output=True, text=True).stdout

    def webhooks(self, job):
        return json.loads(self.jobs("show", job, "--json"))["webhooks"]

    def wait(self, job, until, seconds=30):
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            rows = self.webhooks(job)
            if rows and until(rows[0]):
                return rows[0]
            time.sleep(0.1)
        sys.exit(f"not so: {self.webhooks(job)}\n" + open(self.log).read()[-4000:])

    def crash(self):
        self.process.kill()
        self.process.wait()

    def stop(self):
        self.process.send_signal(signal.SIGTERM)
        return self.process.wait(60)


def picture(path):
    with open(path, "rb") as file:
        return base64.b64encode(file.read()).decode()


EDIT = {
    "image": picture("docs/images/photo.jpg"), "mask": picture("docs/images/mask.png"),
    "prompt": "a red apple", "steps": 1, "metadata": {"order": 17},
}

certify("known", "DNS:localhost,IP:127.0.0.1")
certify("stranger", "DNS:localhost,IP:127.0.0.1")
certify("other", "DNS:other.example")
with open(f"{WORK}/ca.pem", "w") as bundle:
    bundle.write(open(f"{WORK}/known-ca.pem").read() + open(f"{WORK}/other-ca.pem").read())
with open(f"{WORK}/secrets", "w") as file:
    file.write(f"{NEW}\n{OLD}\n")

receiver, stranger, other = Receiver("known"), Receiver("stranger"), Receiver("other")
base = f"https://127.0.0.1:{receiver.server_port}"
service = Service(
    "open", "--webhook-secret-file", f"{WORK}/secrets", "--webhook-ca", f"{WORK}/ca.pem",
    "--webhook-allowed-networks", "127.0.0.1/32,::1/128", "--public-url", "https://edit.example")

receiver.answers["/retry?key=1"] = [500, 204]
status, job = service.submit(base + "/retry?key=1")
check("a webhook is accepted", status == 202 and job["webhook"]["url"] == base + "/retry?key=1")
first = receiver.wait("/retry?key=1", 1)
check("it comes when the edit has ended", len(first) == 1)
row = service.wait(job["id"], lambda row: row["attempts"] >= 1 and row.get("status"))
check("after a 500 it waits for its next try",
      (row["state"], row["status"]) == ("pending", 500) or row["attempts"] == 2)
both = receiver.wait("/retry?key=1", 2)
check("it comes again after 5 s", len(both) == 2)
row = service.wait(job["id"], lambda row: row["state"] == "delivered")
check(f"and is delivered: {row['attempts']} tries, {row['status']}", row["attempts"] == 2)
for one in both:
    event = Webhook(NEW).verify(one["body"], one["headers"])
    check("standardwebhooks verifies it with the new secret", event["type"] == "edit.succeeded")
    check("and with the old one", Webhook(OLD).verify(one["body"], one["headers"]) == event)
    headers = {name.lower(): value for name, value in one["headers"].items()}
    check("its trace is the submission's", headers["traceparent"].split("-")[1] == TRACE)
data = event["data"]
check("it carries the edit", data["id"] == job["id"] and data["metadata"] == {"order": 17})
check("with links", data["candidates"][0]["url"].startswith("https://edit.example/v1/edits/"))
check("and scores", "combined" in data["candidates"][0]["scores"])
check("both tries have one id", len({one["headers"]["webhook-id"] for one in both}) == 1)
try:
    Webhook(NEW).verify(both[1]["body"].replace(b"17", b"18"), both[1]["headers"])
    check("a changed payload is told apart", False)
except WebhookVerificationError:
    check("a changed payload is told apart", True)

print(service.jobs("redeliver", job["id"]).strip())
check("it comes again when an operator asks", len(receiver.wait("/retry?key=1", 3)) == 3)

status, named = service.submit(f"https://localhost:{receiver.server_port}/named",
                               webhook_events=["edit.running", "edit.succeeded"])
events = [json.loads(one["body"])["type"] for one in receiver.wait("/named", 2)]
check(f"a name is resolved, and what was asked for is told: {sorted(events)}",
      sorted(events) == ["edit.running", "edit.succeeded"])

receiver.answers["/moved"] = [302]
_, moved = service.submit(base + "/moved")
row = service.wait(moved["id"], lambda row: row.get("status") == 302)
check(f"a redirect is not followed: {row['error']}", not receiver.at("/elsewhere"))
receiver.answers["/gone"] = [410]
_, gone = service.submit(base + "/gone")
service.wait(gone["id"], lambda row: row["state"] == "failed" and row["attempts"] == 1)
check("a 410 ends it", True)

_, untrusted = service.submit(f"https://127.0.0.1:{stranger.server_port}/x")
row = service.wait(untrusted["id"], lambda row: "error" in row)
check(f"an unknown authority is not trusted: {row['error']}", row["error"].startswith("TLS"))
_, misnamed = service.submit(f"https://localhost:{other.server_port}/x")
row = service.wait(misnamed["id"], lambda row: "error" in row)
check(f"nor a certificate of another name: {row['error']}", row["error"].startswith("TLS"))
check("neither learns anything", not stranger.got and not other.got)

metrics = service.call("/metrics")[1].decode()
delivered = re.search(r'byteedit_webhook_deliveries_total\{outcome="delivered"\} (\d+)', metrics)
check(f"deliveries are counted: {delivered.group(1)}", int(delivered.group(1)) >= 4)
log = open(service.log).read()
check("the log has hosts and ids, and no URL", '"webhook_id"' in log and "key=1" not in log)
check("SIGTERM ends the server", service.stop() == 0)

settings = ["--webhook-secret-file", f"{WORK}/secrets", "--webhook-ca", f"{WORK}/ca.pem",
            "--webhook-allowed-networks", "127.0.0.1/32"]
service = Service("crashing", *settings)
# One refusal: a delivery that met two would wait for minutes before its third try.
receiver.answers["/crash"] = [503, 204]
jobs = [service.submit(base + "/crash")[1]["id"] for _ in range(12)]
for count in (1, 2):
    receiver.wait("/crash", count)
    service.crash()
    service = Service("crashing", *settings)
end = time.monotonic() + 120
told = set()
while told != set(jobs) and time.monotonic() < end:
    told = {json.loads(one["body"])["data"]["id"] for one in receiver.at("/crash")}
    time.sleep(0.1)
check(f"two crashes lose none of {len(jobs)}: {len(told)}", told == set(jobs))
for job in jobs:
    service.wait(job, lambda row: row["state"] == "delivered", 90)
ids = {}
for one in receiver.at("/crash"):
    headers = {name.lower(): value for name, value in one["headers"].items()}
    ids.setdefault(json.loads(one["body"])["data"]["id"], set()).add(headers["webhook-id"])
check("each has one id, however often it came", all(len(one) == 1 for one in ids.values()))
check("SIGTERM ends it", service.stop() == 0)

service = Service("closed", "--webhook-secret-file", f"{WORK}/secrets", "--webhook-ca",
                  f"{WORK}/ca.pem")
before = len(receiver.got)
status, problem = service.submit(base + "/private")
check(f"a private address is refused: {problem['errors'][0]['detail']}",
      status == 400 and problem["errors"][0]["pointer"] == "/webhook")
status, job = service.submit(f"https://localhost:{receiver.server_port}/private")
row = service.wait(job["id"], lambda row: "error" in row)
check(f"and a name that leads to one: {row['error']}", "webhook_allowed_networks" in row["error"])
check("nothing came", len(receiver.got) == before)
status, problem = service.submit("http://example.org/")
check("http is refused", status == 400)
check("SIGTERM ends it with work left", service.stop() == 0)

service = Service("silent")
status, problem = service.submit("https://example.org/")
check(f"without a secret: {problem['errors'][0]['detail']}", status == 400)
service.stop()
subprocess.run(["rm", "-rf", WORK])
