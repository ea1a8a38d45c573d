"""Clusters by what they know together and rivals between them, written as plainly as they are defined."""

import itertools
import math

from retrato.graph.clustering import NEVER_COMPARED_INFORMATION
from retrato.matching.model import BIT


def pair(x, y):
    return (min(x, y), max(x, y))


def outweighed(weights, wanted, couple):
    """Whether some rivals of either side make a couple as likely two people as one.

    `weights` are match weights by pair, `wanted` the pairs that may be joined.
    """
    for one, other in (couple, couple[::-1]):
        total = 0.0
        for rival in {each for known in weights for each in known} - set(couple):
            with_other = weights.get(pair(other, rival))
            if pair(one, rival) in wanted and with_other is not None and with_other < 0:
                with_one = weights[pair(one, rival)]
                total += 2.0 ** (with_one / BIT) if with_one + with_other <= 0 else 0
        if total and weights[couple] / BIT <= math.log2(1 + total):
            return True
    return False


def clusters(records, edges, information, ranks, together, never):
    """Join, in rounds, all couples of clusters that are each other's best choice and no matter of doubt.

    `edges` are match weights by pair of records, `information` and `ranks` belong to them.
    """
    found = {number: [number] for number in range(records)}  # by the smallest record
    while True:
        known = {}
        for one, other in itertools.combinations(sorted(found), 2):
            pairs = [pair(x, y) for x in found[one] for y in found[other]]
            compared = [each for each in pairs if each in edges]
            if compared:
                bits = [information[each] for each in compared]
                says = [edges[each] for each in compared]
                unseen = len(pairs) - len(compared)
                bits += [NEVER_COMPARED_INFORMATION] * unseen
                says += [never] * unseen
                mean = sum(w * b for w, b in zip(says, bits, strict=True)) / sum(bits)
                best = [max(column) for column in zip(*(ranks[each] for each in compared), strict=True)]
                known[one, other] = (mean, together(best))
        weights = {couple: weight for couple, (_, weight) in known.items()}
        wanted = {couple for couple, (mean, weight) in known.items() if mean > 0 and weight > 0}
        joined = _sure(weights, wanted)
        if not joined:
            return {frozenset(members) for members in found.values()}
        for one, other in joined:
            found[one] += found.pop(other)


def _sure(weights, wanted):
    open_ = set(wanted)
    while open_:
        ranked = sorted(open_, key=lambda couple: (-weights[couple], couple))
        first = {}
        for couple in ranked:
            for each in couple:
                first.setdefault(each, couple)
        mutual = [couple for couple in ranked if first[couple[0]] == first[couple[1]] == couple]
        sure = [couple for couple in mutual if not outweighed(weights, wanted, couple)]
        if sure:
            return sure
        open_ -= set(mutual)
    return []
