"""Rules about alerts, asked of Prometheus' own tool: they can be read, and fire when they should.

alerts.yaml has for each alert the series under which it fires (`input`, after `at`) and, where that
says more, those under which it keeps quiet (`quiet`).
"""

import re
import subprocess
import tempfile
from pathlib import Path

import yaml

from kube.world import at, rule

LONG_ENOUGH = "1h"


def groups_of(world):
    return [group for thing in world.of("PrometheusRule") for group in at(thing, "spec.groups", [])]


def alerts_of(world):
    return {
        row["alert"]: row for group in groups_of(world) for row in group["rules"] if "alert" in row
    }


def series_of(series):
    return [{"series": key, "values": value} for key, value in series.items()]


def one_test(name, series, moment, firing):
    return {
        "interval": "1m",
        "input_series": series_of(series),
        "promql_expr_test": [
            {
                "expr": f'count(ALERTS{{alertname="{name}",alertstate="firing"}}) > 0 or vector(0)',
                "eval_time": moment,
                "exp_samples": [{"labels": "{}", "value": firing}],
            }
        ],
    }


def tests_of(name, case):
    moment = case.get("at", LONG_ENOUGH)
    yield one_test(name, case["input"], moment, 1)
    if "quiet" in case:
        yield one_test(name, case["quiet"], moment, 0)


def promtool(*words, folder):
    done = subprocess.run(["promtool", *words], cwd=folder, capture_output=True, text=True)
    return "" if done.returncode == 0 else done.stdout + done.stderr


@rule
def rules_can_be_read(world):
    with tempfile.TemporaryDirectory() as folder:
        for thing in world.of("PrometheusRule"):
            (Path(folder) / "rules.yml").write_text(yaml.safe_dump(thing["spec"]))
            said = promtool("check", "rules", "rules.yml", folder=folder)
            if said:
                yield thing, said.strip().replace("\n", " ")


def recordings_of(world):
    return [row for group in groups_of(world) for row in group["rules"] if "record" in row]


def write_tests(folder, name, alert, case, recordings):
    """A file of tests beside a file with the one alert: evaluating all for each takes a minute."""
    group = {"name": "one", "rules": recordings + [alert]}
    (folder / f"{name}.rules").write_text(yaml.safe_dump({"groups": [group]}))
    tests = {"rule_files": [f"{name}.rules"], "evaluation_interval": "1m"}
    tests["tests"] = list(tests_of(name, case))
    (folder / f"{name}.tests").write_text(yaml.safe_dump(tests))
    return f"{name}.tests"


@rule
def alerts_fire(world):
    """Each under its own series; how many fire for one cause is not asked."""
    cases, alerts = world.others.get("alerts", {}), alerts_of(world)
    owner = next(iter(world.of("PrometheusRule")), None)
    for name in alerts.keys() - cases.keys():
        yield owner, f"no test shows that {name} fires"
    for name in cases.keys() - alerts.keys() if alerts else []:
        yield owner, f"there is a test of {name}, and no such alert"
    said = ""
    with tempfile.TemporaryDirectory() as folder:
        files = [
            write_tests(Path(folder), name, alerts[name], case, recordings_of(world))
            for name, case in cases.items()
            if name in alerts
        ]
        said = promtool("test", "rules", *files, folder=folder) if files else ""
    failed = set(re.findall(r'alertname="(\w+)"', said.replace('\\"', '"')))
    for name in sorted(failed):
        yield owner, f"{name} does not fire when it should, or fires when it should not"
    if said and not failed:
        yield owner, said.strip().replace("\n", " ")
