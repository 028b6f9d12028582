#!/usr/bin/env python3
"""service.py PORT VERSION BROKEN: answers every request with VERSION, and with 500 as long as the file BROKEN is there."""
import http.server
import os
import sys


class Answer(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_GET(self):
        body = (VERSION + "\n").encode()
        self.send_response(500 if os.path.exists(BROKEN) else 200)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_):
        pass


port, VERSION, BROKEN = sys.argv[1:]
http.server.ThreadingHTTPServer.request_queue_size = 256
http.server.ThreadingHTTPServer.handle_error = lambda *_: None  # who asked has gone away
http.server.ThreadingHTTPServer(("127.0.0.1", int(port)), Answer).serve_forever()
