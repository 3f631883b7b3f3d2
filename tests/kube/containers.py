"""podman, for a run of its own: every name begins with PREFIX, and is removed by name."""
import json
import os
import resource
import subprocess
import sys
import time

PREFIX = "souk-play-"


def configure(folder):
    """A configuration that only this run reads: runc, since Debian's default asks for crun; as many
    open files as this machine allows; addresses by netavark."""
    files = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
    path = os.path.join(folder, "containers.conf")
    with open(path, "w", encoding="utf-8") as file:
        file.write('[engine]\nruntime = "runc"\n[network]\nnetwork_backend = "netavark"\n'
                   '[containers]\ndefault_ulimits = ["nofile=%d:%d", "nproc=4096:4096"]\n'
                   % (files, files))
    os.environ["CONTAINERS_CONF"] = path


def run(*words, check=True, timeout=180, text=None):
    """(status, what it printed); with `check` a failure ends the run."""
    done = subprocess.run(["podman", *words], text=True, timeout=timeout, input=text,
                          stdin=None if text is not None else subprocess.DEVNULL,
                          stdout=subprocess.PIPE, stderr=subprocess.PIPE, check=False)
    if check and done.returncode != 0:
        sys.exit("kube-play: podman %s: %s" % (" ".join(words[:4]), done.stderr.strip()[-1500:]))
    return done.returncode, done.stdout if check else done.stdout + done.stderr


def out(*words):
    return run(*words)[1].strip()


def inspect(container):
    return json.loads(out("container", "inspect", container))[0]


def pid(container):
    return inspect(container)["State"]["Pid"]


def log(container, lines=15):
    return run("logs", "--tail", str(lines), container, check=False)[1]


def names(kind, template="{{.Names}}"):
    """Ours alone: of containers, pods, volumes or networks."""
    listed = {"container": ["ps", "--all"], "pod": ["pod", "ps"], "volume": ["volume", "ls"],
              "network": ["network", "ls"]}[kind]
    template = "{{.Name}}" if kind in ("pod", "volume", "network") else template
    return [name for name in out(*listed, "--format", template).split()
            if name.startswith(PREFIX)]


def remove_all():
    """Ends and removes every pod, container, volume and network whose name begins with PREFIX."""
    pods = names("pod")
    if pods:
        run("pod", "rm", "--force", "--time", "2", *pods, check=False)
    for kind in ("container", "volume", "network"):
        found = names(kind)
        if found:
            run(kind, "rm", "--force", *found, check=False)


def wait_until(true, limit_s, pause_s=0.2):
    """What `true` answers as soon as it is something; what it answered last when time is up."""
    deadline = time.monotonic() + limit_s
    while True:
        answer = true()
        if answer or time.monotonic() > deadline:
            return answer
        time.sleep(pause_s)
