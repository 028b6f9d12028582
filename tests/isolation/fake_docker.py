#!/usr/bin/env python3
"""A container engine for the tests: `fake_docker.py serve FOLDER` is its daemon, and what is called `docker` its client.

A container is a real process of the daemon's, so nothing but `docker rm` ends it: an HTTP server on the published port that
answers with its variables. The image's name says how it behaves: `unhealthy`, `dies`, `port-thief`. Every call's arguments
are kept in FOLDER/calls."""
import json
import os
import pathlib
import socket
import socketserver
import subprocess
import sys
import threading

SERVER = """
import http.server, json, os, sys
class Handler(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        self.send_response(200); self.end_headers()
        self.wfile.write(json.dumps({name: os.environ[name] for name in sys.argv[2:]}).encode())
    def log_message(self, *_): pass
server = http.server.HTTPServer(("127.0.0.1", int(sys.argv[1])), Handler)
print("server is up", flush=True)
server.serve_forever()
"""


class Daemon(socketserver.ThreadingUnixStreamServer):
    daemon_threads = True

    def __init__(self, folder):
        super().__init__(str(folder / "socket"), Handler)
        self.folder, self.lock, self.containers, self.stolen = folder, threading.Lock(), {}, []


class Handler(socketserver.StreamRequestHandler):
    def handle(self):
        call = json.loads(self.rfile.readline())
        with self.server.lock, open(self.server.folder / "calls", "a") as calls:
            calls.write(json.dumps(call["arguments"]) + "\n")
        command, *rest = call["arguments"]
        getattr(self, command)(rest, call["environment"])

    def answer(self, status, text=""):
        try:
            self.wfile.write(f"{text}\0{status}".encode())
        except BrokenPipeError:
            pass

    def version(self, _arguments, _environment):
        self.answer(0, "27.0\n")

    def run(self, arguments, environment):
        options, image = {"env": [], "publish": [], "label": [], "name": []}, arguments[-1]
        for option, value in zip(arguments, arguments[1:]):
            if option.removeprefix("--") in options:
                options[option.removeprefix("--")].append(value)
        here = options["publish"][0].split(":")[1]
        if "port-thief" in image and not self.server.stolen:
            self.server.stolen.append(socket.create_server(("127.0.0.1", int(here))))
            return self.answer(125, "port is already allocated\n")
        if "dies" in image:
            return self.answer(3, "cannot go on\n")
        chosen = {name: environment[name] for name in options["env"]}
        process = subprocess.Popen([sys.executable, "-c", SERVER, here, *chosen], env=chosen,
                                   stdout=subprocess.PIPE, text=True)
        with self.server.lock:
            self.server.containers[options["name"][0]] = {"process": process, "labels": options["label"],
                                                          "image": image, "asked": 0}
        for line in process.stdout:
            try:
                self.wfile.write(line.encode())
            except BrokenPipeError:
                break
        self.answer(process.wait() % 256)

    def inspect(self, arguments, _environment):
        container = self.server.containers.get(arguments[-1])
        if container is None:
            return self.answer(1, "Error: No such object\n")
        container["asked"] += 1
        health = "starting" if container["asked"] < 3 else "unhealthy" if "unhealthy" in container["image"] else "healthy"
        self.answer(0, f"running {health}\n")

    def ps(self, arguments, _environment):
        label = arguments[arguments.index("--filter") + 1].removeprefix("label=")
        self.answer(0, "".join(f"{name}\n" for name, one in self.server.containers.items() if label in one["labels"]))

    def rm(self, arguments, _environment):
        for name in [one for one in arguments if not one.startswith("-")]:
            with self.server.lock:
                container = self.server.containers.pop(name, None)
            if container is None:
                return self.answer(1, f"Error: No such container: {name}\n")
            container["process"].kill()
            container["process"].wait()
        self.answer(0)


def client(folder, arguments):
    connection = socket.socket(socket.AF_UNIX)
    connection.connect(str(folder / "socket"))
    call = {"arguments": arguments, "environment": dict(os.environ)}
    connection.sendall(json.dumps(call).encode() + b"\n")
    while chunk := connection.recv(65536):
        text, end, status = chunk.partition(b"\0")
        sys.stdout.buffer.write(text)
        sys.stdout.buffer.flush()
        if end:
            sys.exit(int(status))


if __name__ == "__main__":
    if sys.argv[1:2] == ["serve"]:
        Daemon(pathlib.Path(sys.argv[2])).serve_forever()
    client(pathlib.Path(__file__).resolve().parent, sys.argv[1:])
