"""Connected components: which records are joined by a chain of pairs, however long."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components

if TYPE_CHECKING:
    from retrato.graph.clustering import Ints


def components(records: int, a: Ints, b: Ints) -> Ints:
    """The component of every record (N,): the smallest record number in it; `a` and `b` (M,) are the pairs.

    >>> components(4, np.array([0, 2]), np.array([2, 3])).tolist()
    [0, 1, 0, 0]
    """
    joined = coo_array((np.ones(len(a), np.int8), (a, b)), shape=(records, records))
    count, labels = connected_components(joined, directed=False)
    smallest = np.full(count, records)
    np.minimum.at(smallest, labels, np.arange(records))
    found: Ints = smallest[labels]
    return found
