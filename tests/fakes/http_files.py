"""A local HTTP server for one file that can misbehave as the network does."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer


@dataclass
class FileServer:
    """What is served, how it fails, and what was asked."""

    body: bytes
    drop_after: int = -1  # bytes after which the connection is cut; -1: never
    ranges: bool = True  # whether Range is honoured
    status: int = 0  # another status than 200
    asked: list[str] = field(default_factory=list)  # Range header of each request
    url: str = ""


@contextmanager
def serving(server: FileServer) -> Iterator[FileServer]:
    """Serve on a free loopback port until the block ends."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            asked = self.headers.get("Range", "")
            server.asked.append(asked)
            if server.status:
                self.send_error(server.status)
                return
            start = int(asked.removeprefix("bytes=").rstrip("-")) if asked else 0
            if not server.ranges:
                start = 0
            self.send_response(206 if start else 200)
            body = server.body[start:]
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            sent = body if server.drop_after < 0 else body[: server.drop_after]
            self.wfile.write(sent)
            self.close_connection = True

        def log_message(self, format: str, *args: object) -> None:
            return

    http = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.url = f"http://127.0.0.1:{http.server_address[1]}/file"
    thread = threading.Thread(target=http.serve_forever, daemon=True)
    thread.start()
    try:
        yield server
    finally:
        http.shutdown()
        http.server_close()
        thread.join()
