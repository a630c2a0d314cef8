"""A timestamp authority for tests: `openssl ts` behind a small HTTP server on this machine."""

from __future__ import annotations

import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread

CONFIG = """\
[req]
distinguished_name = name
prompt = no
[name]
CN = {name}
[root]
basicConstraints = critical, CA:TRUE
keyUsage = critical, keyCertSign
[tsa]
basicConstraints = critical, CA:FALSE
keyUsage = critical, digitalSignature
extendedKeyUsage = critical, timeStamping
[ts]
serial = {folder}/serial
signer_cert = {folder}/tsa.pem
signer_key = {folder}/tsa.key
signer_digest = sha256
default_policy = 1.2.3.4.1
digests = sha256
accuracy = secs:1
ess_cert_id_alg = sha256
ordering = no
tsa_name = no
"""


@dataclass
class Tsa:
    """Where it listens and the certificate that readers trust; `is_down` makes it answer 503."""

    url: str
    root: Path
    is_down: bool = False
    asked: list[bytes] = field(default_factory=list)


@contextmanager
def running(folder: Path, name: str = "Test Timestamps") -> Iterator[Tsa]:
    """An authority with a root of its own, until the block ends."""
    _make(folder, name)
    tsa = Tsa("", folder / "root.pem")
    server = ThreadingHTTPServer(("127.0.0.1", 0), _handler(folder, tsa))
    tsa.url = f"http://127.0.0.1:{server.server_port}/"
    thread = Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield tsa
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def _make(folder: Path, name: str) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "serial").write_text("01\n")
    for part in ("root", "tsa"):
        (folder / f"{part}.cnf").write_text(CONFIG.format(folder=folder, name=f"{name} {part}"))
        _openssl(folder, f"ecparam -name prime256v1 -genkey -noout -out {part}.key")
    _openssl(
        folder, "req -new -x509 -key root.key -out root.pem -days 3650 -config root.cnf -extensions root"
    )
    _openssl(folder, "req -new -key tsa.key -out tsa.csr -config tsa.cnf")
    _openssl(
        folder,
        "x509 -req -in tsa.csr -CA root.pem -CAkey root.key -CAcreateserial -out tsa.pem -days 3650 "
        "-extfile tsa.cnf -extensions tsa",
    )


def _handler(folder: Path, tsa: Tsa) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            question = self.rfile.read(int(self.headers["Content-Length"]))
            tsa.asked.append(question)
            if tsa.is_down:
                self.send_error(503)
                return
            answer = _reply(folder, question, len(tsa.asked))
            self.send_response(200)
            self.send_header("Content-Type", "application/timestamp-reply")
            self.end_headers()
            self.wfile.write(answer)

        def log_message(self, *_: object) -> None:
            """Say nothing."""

    return Handler


def _reply(folder: Path, question: bytes, number: int) -> bytes:
    asked, answered = folder / f"{number}.tsq", folder / f"{number}.tsr"
    asked.write_bytes(question)
    _openssl(folder, f"ts -reply -queryfile {asked} -out {answered} -config tsa.cnf -section ts")
    return answered.read_bytes()


def _openssl(folder: Path, arguments: str) -> None:
    subprocess.run(["openssl", *arguments.split()], cwd=folder, check=True, capture_output=True)
