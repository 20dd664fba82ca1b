"""A CA of our own, a certificate for loopback, and a CA that signed
nothing.  They are valid from 2000 to 2099: clocks are moved about here."""

import os
import ssl
import subprocess

CONFIG = """[ca]
default_ca = own
[own]
database = {dir}/index
serial = {dir}/serial
new_certs_dir = {dir}
default_md = sha256
policy = any
unique_subject = no
[any]
commonName = supplied
[req]
distinguished_name = nothing
[nothing]
[authority]
basicConstraints = critical,CA:true
keyUsage = critical,keyCertSign,cRLSign
subjectKeyIdentifier = hash
[leaf]
basicConstraints = CA:false
subjectAltName = IP:127.0.0.1,DNS:localhost,DNS:*.localhost
extendedKeyUsage = serverAuth
"""


def openssl(*words):
    done = subprocess.run(("openssl",) + words, stdin=subprocess.DEVNULL,
                          capture_output=True, text=True)
    if done.returncode != 0:
        raise RuntimeError(f"openssl {words[0]}: {done.stderr.strip()}")


def sign(work, name, subject, extensions, signer=None):
    """NAME.key and NAME.crt, signed by `signer`; without one, by itself."""
    path = os.path.join(work, name)
    openssl("req", "-new", "-newkey", "ec", "-pkeyopt",
            "ec_paramgen_curve:P-256", "-nodes", "-subj", f"/CN={subject}",
            "-config", f"{work}/config", "-keyout", f"{path}.key",
            "-out", f"{path}.csr")
    by = (["-selfsign", "-keyfile", f"{path}.key"] if signer is None else
          ["-keyfile", f"{work}/{signer}.key", "-cert",
           f"{work}/{signer}.crt"])
    openssl("ca", "-batch", "-notext", "-config", f"{work}/config",
            "-startdate", "20000101000000Z", "-enddate", "20991231235959Z",
            "-extensions", extensions, "-in", f"{path}.csr",
            "-out", f"{path}.crt", *by)


def make(folder):
    """Makes them in `folder` once: ca.crt, other-ca.crt, server.crt,
    server.key.  Returns the context for a server."""
    work = os.path.join(folder, "tls")
    if not os.path.exists(f"{work}/server.crt"):
        os.makedirs(work, exist_ok=True)
        with open(f"{work}/config", "w", encoding="ascii") as file:
            file.write(CONFIG.format(dir=work))
        with open(f"{work}/index", "w", encoding="ascii"):
            pass
        with open(f"{work}/serial", "w", encoding="ascii") as file:
            file.write("01\n")
        sign(work, "ca", "world-ca", "authority")
        sign(work, "other-ca", "other-ca", "authority")
        sign(work, "server", "world", "leaf", "ca")
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(f"{work}/server.crt", f"{work}/server.key")
    return context
