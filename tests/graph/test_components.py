"""Connected components against networkx."""

import networkx as nx
import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from retrato.graph.components import components


@given(st.lists(st.tuples(st.integers(0, 14), st.integers(0, 14)), max_size=20))
def test_agrees_with_networkx(pairs):
    graph = nx.Graph(pairs)
    graph.add_nodes_from(range(15))
    expected = {member: min(each) for each in nx.connected_components(graph) for member in each}
    a, b = (np.array([pair[side] for pair in pairs], np.int64) for side in (0, 1))
    assert components(15, a, b).tolist() == [expected[record] for record in range(15)]
