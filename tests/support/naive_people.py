"""The partition of records by the rules of a store, found at once and plainly: what every store has to agree with."""

from __future__ import annotations

from itertools import combinations, product

import networkx as nx
import numpy as np

from retrato.graph.clustering import Pairs, cluster
from retrato.live.comparing import Comparer
from retrato.matching.contact_classes import contact_class
from retrato.matching.model import DECIDED, units, weight_at
from retrato.matching.similarity import Keys, texts
from retrato.matching.together import Together


def candidates(governing, keys):
    most, found = governing.ruleset.max_block, set()
    for rule in governing.ruleset.blocking:
        there, depth = set(range(len(keys))), 0
        while there and depth <= len(rule.refine):
            blocks = {}
            for number in there:
                values = []
                for key in rule.parsed(depth):
                    held = texts(keys[number].get(key.name))
                    values.append({v[: key.length] for v in held if len(v) >= key.length} if key.length else set(held))
                for each in product(*values):
                    blocks.setdefault(each, set()).add(number)
            for members in blocks.values():
                if len(members) <= most:
                    found.update(combinations(sorted(members), 2))
            there = {n for members in blocks.values() if len(members) > most for n in members}
            depth += 1
    return found


def naive_partition(governing, records, decisions):
    """`records`: (source, key) -> matching keys; `decisions`: (a, b, word)."""
    names = sorted(records)
    keys = [dict(records[name]) for name in names]
    comparer = Comparer(governing)

    def classes(feature, value):
        main = next(each.key for each in governing.comparisons if each.feature == feature)
        held = [each for each in keys if value in texts(each.get(main))]
        roots = {each["given_root"] for each in held if each.get("given_root")}
        dates = {each["birth_date"] for each in held if each.get("birth_date")}
        return contact_class(len(held), roots, dates, comparer.root_bands)

    place = {name: number for number, name in enumerate(names)}
    decided = {}
    for a, b, word in decisions:
        if a in place and b in place and a != b:
            pair = tuple(sorted((place[a], place[b])))
            decided[pair] = min(word, decided.get(pair, word))
    met = {p for p in candidates(governing, keys) if not governing.across_sources or names[p[0]][0] != names[p[1]][0]}
    held = [Keys(each) for each in keys]
    scores = {pair: comparer.score(held[pair[0]], held[pair[1]], classes) for pair in met | decided.keys()}
    weights = {pair: comparer.edge(each, decided.get(pair)) for pair, each in scores.items()}
    graph = nx.Graph()
    graph.add_nodes_from(range(len(names)))
    graph.add_edges_from(pair for pair, weight in weights.items() if weight > 0)
    where = {number: nth for nth, each in enumerate(nx.connected_components(graph)) for number in each}
    inner = sorted(pair for pair in weights if where[pair[0]] == where[pair[1]])
    together = Together(governing.model, governing.comparisons)
    a, b = (np.array([pair[side] for pair in inner], np.int64) for side in (0, 1))
    weight = np.array([weights[pair] for pair in inner], np.int64)
    levels = np.array([scores[p].levels for p in inner], np.int8).reshape(len(inner), len(governing.comparisons))
    information = np.array([scores[pair].information if pair in met else 1 for pair in inner], np.int64)
    labels = cluster(
        len(names),
        Pairs(a, b, weight, information, together.ranks(levels, weight >= DECIDED)),
        never_compared=units(governing.ruleset.never_compared_bits),
        together=together,
        threshold=weight_at(governing.ruleset.threshold),
    ).labels
    people = {}
    for name, label in zip(names, labels.tolist(), strict=True):
        people.setdefault(label, set()).add(name)
    return {frozenset(each) for each in people.values()}
