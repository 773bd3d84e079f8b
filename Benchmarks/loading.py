"""What Benchmarks/load starts and asks: the service, nginx beside it, and the load generator."""

import http.client
import json
import os
import pathlib
import shutil
import socket
import subprocess
import sys
import time

ROOT = pathlib.Path(__file__).resolve().parent.parent

NGINX = """
daemon off;
worker_processes {workers};
pid {folder}/nginx.pid;
error_log {folder}/error.log warn;
{user}
events {{ worker_connections 16384; }}
http {{
  access_log off;
  keepalive_requests 1000000000;
  keepalive_timeout 75s;
  server_tokens off;
  client_body_temp_path {folder}/body;
  proxy_temp_path {folder}/proxy;
  fastcgi_temp_path {folder}/fastcgi;
  uwsgi_temp_path {folder}/uwsgi;
  scgi_temp_path {folder}/scgi;
  open_file_cache max=16;
  sendfile on;
  tcp_nopush on;
  server {{
    listen 127.0.0.1:{port} backlog=4096;
    {headers}
    location = /livez {{ default_type application/json; return 200 '{livez}'; }}
    location = /edit {{ default_type application/json; alias {folder}/edit.json; }}
  }}
}}
"""


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def pinned(core, command):
    return command if core is None else ["taskset", "-c", str(core), *command]


class Client:
    """One connection, kept as a backend's client keeps it."""

    def __init__(self, port):
        self.connection = http.client.HTTPConnection("127.0.0.1", port, timeout=120)

    def ask(self, method, path, body=None, headers=None):
        """Status, body and headers of one request."""
        self.connection.request(method, path, body, headers or {})
        answer = self.connection.getresponse()
        return answer.status, answer.read(), answer.headers

    def close(self):
        self.connection.close()


class Server:
    """A process that listens on a port of 127.0.0.1, and its children."""

    def __init__(self, command, port, core=None):
        self.port = port
        self.process = subprocess.Popen(
            pinned(core, [str(part) for part in command]), stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL)

    def wait_until(self, path, seconds=120):
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            if self.process.poll() is not None:
                sys.exit(f"the server ended with status {self.process.returncode}")
            try:
                if self.ask("GET", path)[0] == 200:
                    return self
            except (OSError, http.client.HTTPException):
                pass
            time.sleep(0.05)
        sys.exit(f"{path} was not 200 within {seconds} s")

    def ask(self, method, path, body=None, headers=None):
        """Status, body and headers of one request."""
        client = Client(self.port)
        try:
            return client.ask(method, path, body, headers)
        finally:
            client.close()

    def identifiers(self):
        children = pathlib.Path(
            f"/proc/{self.process.pid}/task/{self.process.pid}/children").read_text()
        return [self.process.pid, *map(int, children.split())]

    def processor_seconds(self):
        """Time that threads of the process and its children ran, by the scheduler's account."""
        return sum(
            int((task / "schedstat").read_text().split()[0]) for identifier in self.identifiers()
            for task in pathlib.Path(f"/proc/{identifier}/task").iterdir()) / 1e9

    def resident_kib(self):
        status = pathlib.Path(f"/proc/{self.process.pid}/status").read_text()
        return int(next(line for line in status.splitlines() if "VmRSS" in line).split()[1])

    def stop(self):
        self.process.terminate()
        self.process.wait(60)


def service(binary, folder, core=None, options=()):
    port = free_port()
    command = [binary, "serve", "--port", port, "--data-dir", folder, "--log-level", "error"]
    return Server(command + list(options), port, core).wait_until("/readyz")


def nginx(folder, workers, core, headers, edit):
    """nginx with the same bodies, headers and cores; access logs off, connections kept for ever."""
    program = shutil.which("nginx") or "/usr/sbin/nginx"
    if not os.access(program, os.X_OK):
        sys.exit("nginx is missing: apt-get install nginx-light")
    port = free_port()
    (folder / "edit.json").write_bytes(edit)
    lines = "\n    ".join(
        f"add_header {name} {'$request_id' if name == 'X-Request-Id' else json.dumps(value)};"
        for name, value in headers)
    (folder / "nginx.conf").write_text(NGINX.format(
        workers=workers, folder=folder, port=port, headers=lines, livez='{"status":"ok"}',
        user="user root;" if os.getuid() == 0 else ""))
    command = [program, "-p", folder, "-e", folder / "error.log", "-c", folder / "nginx.conf"]
    return Server(command, port, core).wait_until("/livez", 10)


class Generator:
    """Runs http-load and reads what it measured."""

    def __init__(self, program, core=None):
        self.program, self.core = program, core

    def command(self, mode, server, options):
        command = [str(self.program), mode, "--port", str(server.port)]
        for name, value in options.items():
            name = "--" + name.replace("_", "-")
            if value is True:
                command.append(name)
            elif isinstance(value, list):
                for item in value:
                    command += [name, item]
            else:
                command += [name, str(value)]
        return command + (["--core", str(self.core)] if self.core is not None else [])

    def run(self, server, **options):
        """A run's figures, with `cpu_us`: the server's processor time for each request."""
        before, start = server.processor_seconds(), time.monotonic()
        done = subprocess.run(
            self.command("run", server, options), capture_output=True, text=True)
        used, lasted = server.processor_seconds() - before, time.monotonic() - start
        if done.returncode != 0:
            sys.exit("http-load: " + done.stderr)
        figures = json.loads(done.stdout)
        figures["load"] = used / lasted
        figures["cpu_us"] = used / max(figures["rate"] * lasted, 1) * 1e6
        if figures["errors"] or figures["wrong"]:
            print(f"{figures['errors']} errors and {figures['wrong']} wrong answers of "
                  f"port {server.port}: {options}", file=sys.stderr)
        return figures

    def slow(self, server, **options):
        """Starts a run of slow connections and returns when they are open."""
        process = subprocess.Popen(
            self.command("slow", server, options), stdout=subprocess.PIPE, text=True)
        if process.stdout.readline().strip() != "open":
            sys.exit("the slow connections did not open")
        return process
