"""A MESH server on loopback with throw-away certificates, and someone who plays the opt-out service behind it.

Run as a program it is the server: the sandbox of NHS England under TLS that asks for a client's certificate.
"""

from __future__ import annotations

import datetime as dt
import ipaddress
import os
import socket
import ssl
import subprocess
import sys
import threading

LIFETIME_SECONDS = 900
OURS, SERVICE, ELSEWHERE = "X26ABC1", "X26ABC2", "X26ABC3"
PASSWORD, SHARED_KEY = "password", "TestKey"


def _certificate(name, subject_key, issuer, issuer_key, *, authority=False):
    from cryptography import x509
    from cryptography.hazmat.primitives import hashes
    from cryptography.x509.oid import NameOID

    now = dt.datetime.now(dt.timezone.utc)
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
    builder = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer or subject)
        .public_key(subject_key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - dt.timedelta(hours=1))
        .not_valid_after(now + dt.timedelta(hours=2))
        .add_extension(x509.BasicConstraints(ca=authority, path_length=None), critical=True)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(subject_key.public_key()), critical=False)
        .add_extension(
            x509.AuthorityKeyIdentifier.from_issuer_public_key(issuer_key.public_key()), critical=False
        )
    )
    if authority:
        names = [
            "digital_signature", "content_commitment", "key_encipherment", "data_encipherment", "key_agreement",
            "key_cert_sign", "crl_sign", "encipher_only", "decipher_only",
        ]  # fmt: skip
        usage = x509.KeyUsage(**{name: name in {"key_cert_sign", "crl_sign"} for name in names})
        builder = builder.add_extension(usage, critical=True)
    else:
        names = [x509.DNSName("localhost"), x509.IPAddress(ipaddress.ip_address("127.0.0.1"))]
        builder = builder.add_extension(x509.SubjectAlternativeName(names), critical=False)
    return builder.sign(issuer_key, hashes.SHA256())


def certificates(folder):
    """Write an authority, a server's and a client's certificate with their keys."""
    from cryptography.hazmat.primitives import serialization
    from cryptography.hazmat.primitives.asymmetric import ec

    keys = {name: ec.generate_private_key(ec.SECP256R1()) for name in ("ca", "server", "client")}
    ca = _certificate("Throw-away authority", keys["ca"], None, keys["ca"], authority=True)
    for name, own in keys.items():
        made = ca if name == "ca" else _certificate(name, own, ca.subject, keys["ca"])
        (folder / f"{name}.pem").write_bytes(made.public_bytes(serialization.Encoding.PEM))
        key = own.private_bytes(
            serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        )
        (folder / f"{name}.key").write_bytes(key)


def start_server(folder):
    """Start the server in a process of its own, which ends by itself; return the process and the address."""
    certificates(folder)
    environment = {**os.environ, "STORE_MODE": "memory", "AUTH_MODE": "full", "SHARED_KEY": SHARED_KEY}
    log = (folder / "server.log").open("wb")
    process = subprocess.Popen(
        [sys.executable, __file__, str(folder)],
        env=environment,
        stdout=subprocess.PIPE,
        stderr=log,
        text=True,
    )
    port = process.stdout.readline().strip()
    assert port.isdecimal(), (folder / "server.log").read_text()
    return process, f"https://localhost:{port}"


def serve(folder):
    """Serve until the time is over."""
    import uvicorn

    end = threading.Timer(LIFETIME_SECONDS, lambda: os._exit(3))
    end.daemon = True
    end.start()
    listening = socket.socket()
    listening.bind(("127.0.0.1", 0))
    config = uvicorn.Config(
        "mesh_sandbox.api:app",
        ssl_certfile=f"{folder}/server.pem",
        ssl_keyfile=f"{folder}/server.key",
        ssl_ca_certs=f"{folder}/ca.pem",
        ssl_cert_reqs=ssl.CERT_REQUIRED,
        log_level="warning",
    )
    listening.listen()
    print(listening.getsockname()[1], flush=True)
    uvicorn.Server(config).run(sockets=[listening])


class Responder:
    """Plays the service in its mailbox: gives to each request what a function makes of it."""

    def __init__(self, connect, answer):
        self._connect, self._answer = connect, answer
        self._over = threading.Event()
        self.taken, self.failed = [], []
        self._thread = threading.Thread(target=self._run, daemon=True)

    def _run(self):
        try:
            with self._connect(SERVICE) as client:
                while not self._over.wait(0.05):
                    for message_id in client.list_messages():
                        with client.retrieve_message(message_id) as message:
                            self._take(client, message, message.read())
        except Exception as error:  # noqa: BLE001 - told at the end
            self.failed.append(error)

    def _take(self, client, message, body):
        self.taken.append((message.filename, message.local_id, message.workflow_id, message.subject, body))
        for content, changes in self._answer(body):
            fields = {"workflow_id": "ANSWER", "local_id": message.local_id, "subject": "SUCCESS", **changes}
            client.send_message(message.sender, content, **fields)

    def __enter__(self):
        self._thread.start()
        return self

    def __exit__(self, *_):
        self._over.set()
        self._thread.join(20)
        assert not self.failed


if __name__ == "__main__":
    serve(sys.argv[1])
