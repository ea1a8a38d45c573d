"""One record at a time against a store, by the rules of the batch and with its answers.

A store holds what sources have said and what people have decided. When that changes, everything that depends on it is
decided again, and nothing else: the pairs of the records that changed, the components that these pairs join, and the
profiles in them.
"""

from retrato.live.identity_store import IdentityStore

__all__ = ["IdentityStore"]
