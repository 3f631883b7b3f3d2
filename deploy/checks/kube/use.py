"""Rules about what containers ask for, beside what they were measured to use (use.yaml).

What is held: a container is given what it needs (NEEDED), may use more than it was ever seen to
(MARGIN), and keeps no node's room free for nothing (WASTED). What fills with the shop's data, as
PostgreSQL's buffers, counts as full, by what the overlay itself says how large it is.
"""

import re

from kube.world import at, number, rule

NEEDED = 1.0  # memory that is asked for, of what is used under load; processors, see cpu_fits
MARGIN = 1.25  # the limit, of the most that was seen
WASTED = {"memory": (4, 64 * 2**20), "cpu": (10, 0.25)}  # times the use, and that much more
MIB = 2**20
UNITS = {"": MIB, "kb": 2**10, "mb": MIB, "gb": 2**30, "m": MIB, "g": 2**30}


class Use:
    """What a container was measured to use: cores and bytes. `memory` is under load; a job's are
    its most."""

    def __init__(self, row):
        self.idle_cpu, self.cpu = row.get("idle_cpu", 0) / 1000, row["cpu"] / 1000
        self.peak = row["peak"] * MIB
        self.memory = row.get("memory", row["peak"]) * MIB
        self.shared = row.get("shared", 0) * MIB
        self.stays = "memory" in row

    def __add__(self, other):
        total = Use({"cpu": 0, "peak": 0})
        for what in ("idle_cpu", "cpu", "peak", "memory", "shared"):
            setattr(total, what, getattr(self, what) + getattr(other, what))
        total.stays = self.stays or other.stays
        return total


def asking(world):
    """(owner, Pod or None, "workload/container", resources, container); an operator makes Pods of
    some owners."""
    for pod in world.pods():
        for container in pod.all_containers:
            name = f"{pod.name}/{container['name']}"
            yield pod.owner, pod, name, container.get("resources", {}), container
    for thing in world.of("Prometheus", "Alertmanager"):
        name = f"{thing['kind'].lower()}/{thing['metadata']['name']}"
        yield thing, None, name, at(thing, "spec.resources", {}), {}


def use_of(world, name):
    """What was measured; of one that does what others do together, their sum. None if nothing."""
    known = world.others["use"]
    names = (known.get("as") or {}).get(name, [name])
    if any(one not in known["measured"] for one in names):
        return None
    total = Use(known["measured"][names[0]])
    for one in names[1:]:
        total += Use(known["measured"][one])
    return total


def filled(world, pod, name, container):
    """Bytes that it may fill with data beside what it was measured with; None where the overlay
    does not say."""
    pattern = (world.others["use"].get("fills") or {}).get(name)
    if pattern is None:
        return 0
    texts = []
    for volume in pod.spec.get("volumes", []):
        source = at(volume, "configMap.name")
        found = source and world.find("ConfigMap", source, pod.namespace)
        # A later file says it again.
        texts += [text for _, text in sorted((found or {}).get("data", {}).items())]
    # What stands on the command line goes before any file.
    texts.append(" ".join(map(str, container.get("command", []) + container.get("args", []))))
    sizes = [found for text in texts for found in re.findall(pattern, text)]
    if not sizes:
        return None
    size, unit = re.fullmatch(r"(\d+)(\w*)", sizes[-1]).groups()
    # What it shared is what it had filled.
    return max(0, int(size) * UNITS[unit.lower()] - use_of(world, name).shared)


def scaled_at(world, pod, what):
    """The percentage of its request at which an autoscaler adds a Pod; None where none does."""
    for metric in at(world.scaler(pod.owner) if pod else None, "spec.metrics", []) or []:
        if at(metric, "resource.name") == what:
            return at(metric, "resource.target.averageUtilization")
    return None


def shown(what, value):
    return f"{value * 1000:.0f}m" if what == "cpu" else f"{value / MIB:.0f}Mi"


@rule
def use_is_known(world):
    """A figure of each container, or why there is none; not both."""
    known = world.others["use"]
    for owner, _, name, _, _ in asking(world):
        why, measured = known["unmeasured"].get(name), use_of(world, name) is not None
        if not why and not measured:
            yield owner, f"{name}: use.yaml has no figure and no reason why not"
        elif why and measured:
            yield owner, f"{name}: use.yaml has a figure and a reason why there is none"


@rule
def requests_are_measured(world):
    for owner, pod, name, resources, container in asking(world):
        use = use_of(world, name)
        if use is None:
            continue
        fill = filled(world, pod, name, container)
        if fill is None:
            yield owner, f"{name}: how large what it fills may become is said nowhere"
            continue
        asked = {what: number(at(resources, f"requests.{what}") or at(resources, f"limits.{what}")
                              or 0) for what in ("cpu", "memory")}
        faults = list(limit_fits(world, pod, asked["memory"], resources, use, fill))
        if name not in world.others.get("planned", []):
            faults += [*cpu_fits(world, pod, asked["cpu"], use),
                       *memory_fits(asked["memory"], use, fill)]
        yield from ((owner, f"{name}: {sentence}") for sentence in faults)


def too_much(what, asked, most):
    times, more = WASTED[what]
    if asked > max(times * most, most + more):
        yield (f"{what} {shown(what, asked)} is asked for, more than {times} times the "
               f"{shown(what, most)} that it uses")


def cpu_fits(world, pod, asked, use):
    """Without an autoscaler what it uses under load; with one less than what adds Pods at rest. A
    job with less takes longer, and nothing else."""
    target = scaled_at(world, pod, "cpu")
    if target is not None:
        if use.idle_cpu * 100 >= target * asked:
            yield (f"cpu {shown('cpu', asked)}: at rest it uses {shown('cpu', use.idle_cpu)}, and "
                   f"the autoscaler adds Pods at {target} %")
    elif use.stays and asked < NEEDED * use.cpu:
        yield f"cpu {shown('cpu', asked)} is less than the {shown('cpu', use.cpu)} that it uses"
    yield from too_much("cpu", asked, use.cpu)


def memory_fits(asked, use, fill):
    needed = NEEDED * (use.memory + fill)
    if asked < needed:
        yield (f"memory {shown('memory', asked)} is less than the {shown('memory', needed)} that "
               "it uses")
    yield from too_much("memory", asked, use.peak + fill)


def limit_fits(world, pod, asked, resources, use, fill):
    most = MARGIN * (use.peak + fill)
    limit = at(resources, "limits.memory")
    if limit is not None and number(limit) < most:
        yield (f"memory is limited to {limit}, less than {MARGIN} times the "
               f"{shown('memory', use.peak + fill)} that it was seen to use")
    target = scaled_at(world, pod, "memory")
    if target is None:
        return
    if limit is not None and target * asked > 100 * number(limit):
        yield f"the autoscaler adds Pods at {target} % of memory, which is more than the limit"
    if use.memory * 100 >= target * asked:
        yield (f"memory {shown('memory', asked)}: it uses {shown('memory', use.memory)}, and the "
               f"autoscaler adds Pods at {target} %")
