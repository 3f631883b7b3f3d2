"""The overlays as they build, with the Secrets and certificates that operators would make."""
import os
import subprocess
import sys
import tempfile

import yaml

HERE = os.path.dirname(os.path.abspath(__file__))
REPOSITORY = os.path.join(HERE, "..", "..")
sys.path.insert(0, os.path.join(REPOSITORY, "deploy", "checks"))
sys.path.insert(0, os.path.join(REPOSITORY, "tools"))
from ports import free_ports  # noqa: E402,F401 for those who bring an overlay up
from kube.world import World, at, namespace_of  # noqa: E402
import kube_check  # noqa: E402
from kube_check import build, documents  # noqa: E402

OTHERS = "localhost/souk-play-others:latest"
OURS = "registry.example.com/souk/"


def image(named):
    """The image of this machine for what a manifest says; None when there is none."""
    if named.startswith(OURS):
        return "localhost/" + named[len(OURS):]
    return OTHERS if named.partition(":")[0] in ("redis", "memcached") else None


def secrets():
    """What security/secrets.sh makes, which a cluster would get sealed."""
    done = subprocess.run(
        ["sh", os.path.join(REPOSITORY, "deploy/kubernetes/security/secrets.sh")], check=True,
        text=True, stdout=subprocess.PIPE)
    return list(yaml.safe_load_all(done.stdout))


def openssl(*words):
    subprocess.run(["openssl", *words], check=True, stdout=subprocess.DEVNULL,
                   stderr=subprocess.DEVNULL)


def certificate(thing):
    """A Secret as cert-manager would make it of a Certificate, by an authority of its own."""
    spec = thing["spec"]
    names = ",".join("DNS:" + name for name in spec.get("dnsNames", []))
    with tempfile.TemporaryDirectory(prefix="souk-tls.") as folder:
        def file(name):
            return os.path.join(folder, name)
        curve = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes"]
        openssl("req", "-x509", *curve, "-keyout", file("ca.key"), "-out", file("ca.crt"), "-days",
                "2", "-subj", "/CN=souk internal")
        openssl("req", *curve, "-keyout", file("tls.key"), "-out", file("request"), "-subj",
                "/CN=" + spec.get("commonName", spec["dnsNames"][0]))
        with open(file("names"), "w", encoding="ascii") as out:
            out.write("subjectAltName=%s\n" % names)
        openssl("x509", "-req", "-in", file("request"), "-CA", file("ca.crt"), "-CAkey",
                file("ca.key"), "-CAcreateserial", "-days", "2", "-extfile", file("names"), "-out",
                file("tls.crt"))
        data = {}
        for name in ("tls.crt", "tls.key", "ca.crt"):
            with open(file(name), encoding="ascii") as source:
                data[name] = source.read()
    return {"apiVersion": "v1", "kind": "Secret", "stringData": data,
            "metadata": {"name": spec["secretName"], "namespace": namespace_of(thing)}}


def variation(name):
    """Production with a component that deploy/checks builds beside the overlays."""
    return World(name, documents(build(name, kube_check.HERE)), None)


def world(name, with_secrets=False):
    objects = documents(build(name))
    if with_secrets:
        objects = [thing for thing in objects if thing["kind"] != "SealedSecret"] + secrets()
        objects += [certificate(thing) for thing in objects if thing["kind"] == "Certificate"
                    and namespace_of(thing) == "ecommerce" and at(thing, "spec.dnsNames")]
    return World(name, objects, None)
