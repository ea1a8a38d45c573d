"""What can be read and written within one transaction."""

from retrato.stores.candidates import Candidates
from retrato.stores.decisions import Decisions
from retrato.stores.ids import Ids
from retrato.stores.records import Records


class Work(Records, Candidates, Ids, Decisions):
    """All of a store."""
