"""The built binary with the settings of deploy/: it reads them, and the probes are answered."""

import contextlib
import json
import os
import pathlib
import re
import shutil
import ssl
import subprocess
import tempfile
import time
import urllib.error
import urllib.request

from report import expect, faults


def settings(binary):
    """Names of all settings, as the binary lists them."""
    text = subprocess.run(
        [binary, "serve", "--help"], check=True, capture_output=True, text=True).stdout
    return {name.lower() for name in re.findall(r"\bBYTEEDIT_(\w+)\b", text)} - {"config"}


def check_settings(binary, configurations, variables):
    """The binary reads every file and knows every variable."""
    names = settings(binary)
    expect(len(names) > 20, f"only {len(names)} settings found in the help")
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


class Process:
    """The binary as a manifest's container runs it, with ports and paths of its own."""

    def __init__(self, binary, work, name, workload, configuration, arguments, files=()):
        """files: variables of the container that name a file, and the file that stands for it."""
        self.name, self.workload, self.log = name, workload, pathlib.Path(work, f"{name}.log")
        file = pathlib.Path(work, f"{name}.yaml")
        file.write_text(configuration)
        command = [binary, workload.container["args"][0], "--config", file, *arguments]
        for port in workload.ports:
            command += [{"http": "--port"}.get(port, f"--{port}-port"), "0"]
        named = {entry["name"] for entry in workload.container["env"]}
        expect(set(files) <= named, f"{workload.title} does not set {set(files) - named}")
        with self.log.open("w") as output:
            self.process = subprocess.Popen(command, stderr=output, env=os.environ | dict(files))
        # They are logged in the order of the manifest, the API's first.
        found = self.wait_for(lambda: self.addresses(len(workload.ports)))
        self.urls = dict(zip(workload.ports, found or []))
        expect(found, f"{name} does not start: {self.log.read_text()[-500:]}")

    def addresses(self, count):
        found = re.findall(r"https?://[\d.:]+", self.log.read_text())
        return found if len(found) == count else None

    def wait_for(self, condition):
        for _ in range(600):
            if found := condition():
                return found
            if self.process.poll() is not None:
                return None
            time.sleep(0.1)
        return None

    def check(self, key=None, authority=None):
        """Probes and metrics come to answer 200; what asks for a key answers 401 without."""
        if not self.urls:
            return
        probes = {(probe["port"], probe["path"]) for probe in self.workload.probes().values()}
        expect(len(probes) == 3, f"{self.workload.title}: probes share paths: {probes}")
        for port, path in sorted(probes | {("management", "/metrics")}):
            expect(self.wait_for(lambda: get(self.urls[port] + path) == 200),
                   f"{self.name}: {path} of {port} does not answer 200")
        if public := self.urls.get("http"):
            for path in ("/v1/models", "/metrics"):
                expect(get(public + path, None, authority) == 401,
                       f"{self.name}: {path} needs no key")
                expect(get(public + path, key, authority) == 200,
                       f"{self.name}: {path} does not take the key")

    def stop(self):
        self.process.terminate()
        status = self.process.wait()
        expect(status == 0, f"{self.name} ended with {status}: {self.log.read_text()[-500:]}")


def get(url, key=None, authority=None):
    request = urllib.request.Request(url)
    if key:
        request.add_header("Authorization", f"Bearer {key}")
    context = ssl.create_default_context(cafile=authority) if authority else None
    try:
        with urllib.request.urlopen(request, timeout=5, context=context) as answer:
            return answer.status
    except urllib.error.HTTPError as error:
        return error.code


def make_key(binary, work):
    return subprocess.run(
        [binary, "keys", "create", "checks", "--keys", f"{work}/keys.yaml"],
        check=True, capture_output=True, text=True).stdout.strip()


def make_certificate(work):
    subprocess.run(
        ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes",
         "-days", "30", "-subj", "/CN=byteedit", "-addext", "subjectAltName=IP:127.0.0.1",
         "-keyout", f"{work}/tls.key", "-out", f"{work}/tls.crt"], check=True, capture_output=True)
    return {"BYTEEDIT_TLS_CERTIFICATE": f"{work}/tls.crt", "BYTEEDIT_TLS_KEY": f"{work}/tls.key"}


def check_alone(binary, workload, configuration):
    """One process with SQLite, as in base."""
    with tempfile.TemporaryDirectory() as work, contextlib.ExitStack() as stack:
        key = make_key(binary, work)
        files = {"BYTEEDIT_KEYS": f"{work}/keys.yaml", "BYTEEDIT_DATA_DIR": f"{work}/data"}
        server = Process(binary, work, "one node", workload, configuration, [], files)
        stack.callback(server.stop)
        server.check(key)
        if server.urls:
            ready = server.urls["http"] + "/readyz"
            health = subprocess.run([binary, "health", ready], capture_output=True)
            expect(health.returncode == 0, f"byteedit health: {health.stderr.decode()}")
            refused = subprocess.run([binary, "health", ready + "/none"], capture_output=True)
            expect(refused.returncode == 1, "byteedit health calls a 404 healthy")


def check_fleet(binary, api, secured, worker, configuration, query):
    """A process that accepts, one that does so over TLS, and one that edits, over one database."""
    with tempfile.TemporaryDirectory() as work, contextlib.ExitStack() as stack:
        key, database = make_key(binary, work), stack.enter_context(Database())
        store, keys = {"BYTEEDIT_STORE": database.url}, {"BYTEEDIT_KEYS": f"{work}/keys.yaml"}
        editing = Process(
            binary, work, "worker", worker, configuration, ["--judges", "off"], store)
        stack.callback(editing.stop)
        editing.check()
        serving = Process(binary, work, "api", api, configuration, [], store | keys)
        stack.callback(serving.stop)
        serving.check(key)
        certificate = make_certificate(work)
        closed = Process(
            binary, work, "api with TLS", secured, configuration, [], store | keys | certificate)
        stack.callback(closed.stop)
        closed.check(key, f"{work}/tls.crt")
        expect(closed.urls.get("http", "").startswith("https:"), "the API speaks clear text")
        jobs = database.ask(query)
        expect(jobs == "0", f"the autoscaler's query answers {jobs!r}")


class Database:
    """A PostgreSQL server in a folder of its own, reached by a socket there."""

    def __enter__(self):
        programs = sorted(pathlib.Path("/usr/lib/postgresql").glob("*/bin/initdb"))
        if not programs:
            raise SystemExit("check-deploy: no PostgreSQL; run Scripts/setup --with-tests")
        self.programs = programs[-1].parent
        self.folder = tempfile.mkdtemp(prefix="byteedit-pg-", dir="/tmp")
        if os.getuid() == 0:
            shutil.chown(self.folder, "postgres")
        self.run("initdb", "-U", "byteedit", "-A", "trust", "-N")
        options = f"-c listen_addresses= -c unix_socket_directories={self.folder} -c fsync=off"
        self.run("pg_ctl", "-l", f"{self.folder}/log", "-w", "-o", options, "start")
        self.url = f"postgres://byteedit@/postgres?host={self.folder}"
        return self

    def __exit__(self, *_):
        self.run("pg_ctl", "-m", "immediate", "stop")
        shutil.rmtree(self.folder)

    def run(self, program, *arguments):
        """As the server's user: it refuses to be root."""
        user = ["runuser", "-u", "postgres", "--"] if os.getuid() == 0 else []
        subprocess.run(
            [*user, self.programs / program, "-D", f"{self.folder}/data", *arguments], check=True,
            cwd="/tmp", stdout=subprocess.DEVNULL)

    def ask(self, query):
        answer = subprocess.run(
            [self.programs / "psql", "-X", "-t", "-A", "-d", self.url, "-c", query],
            capture_output=True, text=True)
        if answer.returncode != 0:
            faults.append(f"psql: {answer.stderr}")
        return answer.stdout.strip()
