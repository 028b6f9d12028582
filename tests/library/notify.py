#!/usr/bin/env python3
"""notify.py --sluice SLUICE: `std.notify` speaks to a mail server and to a webhook of this machine, also with text that
means something to them, and `std.records` writes what was deployed."""
import argparse
import email
import email.policy
import http.server
import json
import os
import pathlib
import socketserver
import subprocess
import sys
import tempfile
import threading

HOSTILE = 'a "quoted" $(touch hacked) \\ `x`\r\nBcc: evil@example.com\r\n.\r\nQUIT é'
PIPE = """
use std.notify(smtp: secrets.SMTP, webhook: secrets.WEBHOOK, sender: "sluice@example.com")
use std.records
secret SMTP
secret WEBHOOK
pipeline p {
  on manual { input text: string }
  stage tell {
    notify.email(["ann@example.com", "bob@example.com"], subject: inputs.text, text: inputs.text)
    notify.webhook(inputs.text, fields: { stage: "tell", reason: inputs.text })
    artifact record = records.deployment(environment: "production", version: "v1", reason: inputs.text)
  }
}
"""
mails, posts = [], []


class Mail(socketserver.StreamRequestHandler):
    def handle(self):
        def say(line):
            self.wfile.write(line.encode() + b"\r\n")
        say("220 here")
        to, lines = [], None
        for raw in self.rfile:
            line = raw.decode().rstrip("\r\n")
            if lines is not None:
                if line == ".":
                    mails.append((to, "\n".join(one[1:] if one.startswith(".") else one for one in lines)))
                    lines = None
                    say("250 taken")
                else:
                    lines.append(line)
                continue
            verb = line.split(" ")[0].upper()
            if verb == "RCPT":
                to.append(line)
            if verb == "DATA":
                lines = []
            say({"DATA": "354 go on", "QUIT": "221 bye"}.get(verb, "250 fine"))
            if verb == "QUIT":
                return


class Hook(http.server.BaseHTTPRequestHandler):
    def do_POST(self):
        posts.append((self.headers["Content-Type"], json.loads(self.rfile.read(int(self.headers["Content-Length"])))))
        self.send_response(204)
        self.end_headers()

    def log_message(self, *_):
        pass


def serve(kind, handler):
    server = kind(("127.0.0.1", 0), handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    return server.server_address[1]


def expect(held, what):
    if not held:
        sys.exit(f"FAILED: {what}\n{mails}\n{posts}")


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--sluice", required=True, type=os.path.abspath)
    options = parser.parse_args()
    smtp, hook = serve(socketserver.TCPServer, Mail), serve(http.server.HTTPServer, Hook)
    with tempfile.TemporaryDirectory() as folder:
        here = pathlib.Path(folder)
        (here / "p.pipe").write_text(PIPE)
        secrets = here / "secrets"
        secrets.write_text(f"SMTP=smtp://127.0.0.1:{smtp}\nWEBHOOK=http://127.0.0.1:{hook}/in?token=swordfish\n")
        secrets.chmod(0o600)
        run = subprocess.run([options.sluice, "run", "p.pipe", "--root", folder, "--input", f"text={HOSTILE}",
                              "--secret-file", secrets], cwd=here, capture_output=True, text=True, check=False)
        expect(run.returncode == 0, run.stdout + run.stderr)
        expect("swordfish" not in run.stdout, "the webhook's address is shown")
        expect(not list(here.rglob("hacked")), "the text was run")
        (to, text), = mails
        mail = email.message_from_bytes(text.encode(), policy=email.policy.default)
        expect(len(to) == 2 and mail["Bcc"] is None, "other people got the mail")
        expect(mail["To"] == "ann@example.com, bob@example.com" and mail["From"] == "sluice@example.com", "its people")
        expect(" ".join(mail["Subject"].split()) == " ".join(HOSTILE.split()), f"its subject: {mail['Subject']}")
        expect(" ".join(mail.get_content().split()).startswith(" ".join(HOSTILE.split())), mail.get_content())
        (kind, message), = posts
        expect(kind == "application/json" and message["text"] == HOSTILE and message["reason"] == HOSTILE, "the message")
        shown = subprocess.run([options.sluice, "show", "--root", folder], capture_output=True, text=True, check=True).stdout
        expect("record" in shown or "success" in shown, shown)
        record, = (json.loads(one.read_text()) for one in here.rglob("*") if one.is_file() and b'"environment": "production"' in one.read_bytes()[:40])
        expect(record["reason"] == HOSTILE and record["version"] == "v1", "the record")
    print("a mail, a webhook and a record of hostile text: as they should be")


main()
