"""A rule about analyses, asked of Prometheus' own tool: a bad version is told from a good one.

analyses.yaml has for each metric of an AnalysisTemplate the series under which a version is to go
on (`good`) and those under which it is to be taken back (`bad`); `args` are what its query is
given. Without any series a version goes on, unless `alone: bad` says that it has to show itself
first.

A successCondition is rewritten as a PromQL expression of 1 or 0 over the query, so that one tool
reads both. Argo's language (expr-lang) is larger; what is used here are comparisons of `result[0]`
and of `len(result)`, and isNaN, joined by || or &&.
"""

import re
import subprocess
import tempfile
from pathlib import Path

import yaml

from kube.alerts import series_of
from kube.world import at, name_of, rule

MOMENT = "10m"
NUMBER = r"(\d+(?:\.\d+)?)"


def term(text, query):
    """One comparison, as 1 or 0 whatever the query found; None when it is of another form."""
    text = text.strip()
    if match := re.fullmatch(rf"len\(result\) (==|>) {NUMBER}", text):
        return f"((count({query}) or vector(0)) {match[1]} bool {match[2]})"
    if text == "isNaN(result[0])":
        return f"((({query}) != bool ({query})) or vector(0))"
    if match := re.fullmatch(rf"result\[0\] (==|<=|>=|<|>) {NUMBER}", text):
        return f"((({query}) {match[1]} bool {match[2]}) or vector(0))"
    return None


def judgement(condition, query):
    """The PromQL of a condition; None when it is of another form."""
    either = []
    for alternative in condition.split("||"):
        terms = [term(part, query) for part in alternative.split("&&")]
        if None in terms:
            return None
        either.append(" * ".join(terms))
    return f"clamp_max({' + '.join(either)}, 1)"


def filled(query, given):
    return re.sub(r"\{\{\s*args\.([\w-]+)\s*\}\}", lambda match: given.get(match[1], ""), query)


def one_test(expression, series, passes):
    return {
        "interval": "30s",
        "input_series": series_of(series),
        "promql_expr_test": [
            {
                "expr": expression,
                "eval_time": MOMENT,
                "exp_samples": [{"labels": "{}", "value": int(passes)}],
            }
        ],
    }


def tests_of(expression, case):
    yield "a good version is taken back", one_test(expression, case["good"], True)
    yield "a bad version goes on", one_test(expression, case["bad"], False)
    passes = case.get("alone") != "bad"
    yield (
        "a version that nobody has asked " + ("is taken back" if passes else "goes on"),
        one_test(expression, {}, passes),
    )


def passes(test):
    with tempfile.TemporaryDirectory() as folder:
        (Path(folder) / "tests.yml").write_text(yaml.safe_dump({"tests": [test]}))
        done = subprocess.run(
            ["promtool", "test", "rules", "tests.yml"], cwd=folder, capture_output=True
        )
        return done.returncode == 0


@rule
def analyses_judge(world):
    cases = world.others.get("analyses", {})
    for thing in world.of("AnalysisTemplate"):
        for metric in at(thing, "spec.metrics", []):
            case = cases.get(name_of(thing), {}).get(metric["name"])
            if case is None:
                yield thing, f"no test shows what {metric['name']} makes of a bad version"
                continue
            query = filled(at(metric, "provider.prometheus.query", ""), case.get("args", {}))
            expression = judgement(metric.get("successCondition", ""), query)
            if expression is None:
                yield thing, f"nobody can say here what {metric['successCondition']} means"
                continue
            for sentence, test in tests_of(expression, case):
                if not passes(test):
                    yield thing, f"{metric['name']}: {sentence}"
