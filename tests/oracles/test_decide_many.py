"""20,000 lines about networks of all kinds, half of them wrong, against 60-digit differences."""

from __future__ import annotations

from collections import Counter

from known_lines import NETWORKS, Truth, lines

from symbackprop.verifier.decide import Subject, decide

LINES = 270  # of each network
MOST_UNKNOWN = 0.005


def test_no_wrong_line_of_10_000_is_accepted_and_no_right_one_refused() -> None:
    seen: Counter[tuple[bool, str]] = Counter()
    for name, network in NETWORKS.items():
        problem = network()
        truth, subject = Truth(problem), Subject(problem)
        for left, right in lines(problem, 11, LINES):
            true = truth(left, right)
            if true is None:
                continue
            decision = decide(subject, left, right)
            if true and decision.counterexample:
                true = truth.at(decision.counterexample.point, left, right)
            found = decision.outcome
            seen[true, found] += 1
            assert (true, found) not in ((True, "unequal"), (False, "equal")), (name, left, right)
    assert min(seen[True, "equal"], seen[False, "unequal"]) >= 10_000, seen
    assert sum(n for (_, found), n in seen.items() if found == "unknown") <= MOST_UNKNOWN * sum(seen.values()), seen
