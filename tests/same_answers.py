#!/usr/bin/env python3
"""Compares two transcripts of the test suite, one on each database: same_answers.py ONE OTHER.

SOUK_TEST_TRANSCRIPT=FILE makes souk-test write one. What chance and the clock make (ids, tokens,
times, request ids) is replaced by its number of first appearance; all else must be equal, byte for
byte.
"""
import itertools
import re
import sys

CHANGING = re.compile(
    r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}"
    r"|\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z"
    r"|\"[0-9a-f]{32}\""
    r"|(?<=\"request_id\":)\"[^\"]*\""
    r"|(?<![A-Za-z0-9_-])[A-Za-z0-9_-]{24}(?:[A-Za-z0-9_-]{19})?(?![A-Za-z0-9_-])")


def normalised(path):
    seen = {}
    with open(path, encoding="utf-8") as file:
        for number, line in enumerate(file, 1):
            yield number, CHANGING.sub(lambda m: "#%d" % seen.setdefault(m[0], len(seen)), line)


def main(one, other):
    test, compared = "", 0
    for left, right in itertools.zip_longest(normalised(one), normalised(other)):
        if left is None or right is None or left[1] != right[1]:
            print("FAIL same_answers: in the test %s" % test)
            for path, side in ((one, left), (other, right)):
                print("  %s:%s" % (path, "%d: %s" % (side[0], side[1].rstrip()) if side else " ends"))
            print("same_answers: 0 passed, 1 failed")
            return 1
        test = left[1][3:].strip() if left[1].startswith("== ") else test
        compared += left[1].startswith("< ")
    print("%d answers are equal on both databases" % compared)
    print("same_answers: 1 passed, 0 failed")
    return 0 if compared else 1


sys.exit(main(*sys.argv[1:]))
