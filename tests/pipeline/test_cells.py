"""Distinct cells, whatever the number of their parts."""

import pyarrow as pa
from hypothesis import given
from hypothesis import strategies as st

from retrato.pipeline.cells import distinct_cells

TEXTS = st.none() | st.sampled_from(["", "a", "b", "ñ"])


@given(st.integers(1, 4).flatmap(lambda parts: st.lists(st.tuples(*[TEXTS] * parts), min_size=1, max_size=12)))
def test_every_row_gets_its_cell_back_and_no_cell_stands_twice(rows):
    parts = [f"part_{number}" for number in range(len(rows[0]))]
    columns = [pa.array(list(column), pa.string()) for column in zip(*rows, strict=True)]
    numbers, cells = distinct_cells(pa.table(columns, names=parts), parts)
    distinct = [tuple(cell.values()) for cell in cells.to_pylist()]
    assert [distinct[number] for number in numbers] == rows
    assert len(set(distinct)) == len(distinct)
