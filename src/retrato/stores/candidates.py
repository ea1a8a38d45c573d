"""What records meet in: blocks, values, words of their names; and the links of those that belong together."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import bindparam, delete, func, or_, select

from retrato.stores.schema import BLOCKS, HOLDERS, LARGE_BLOCKS, LINKS, WORDS
from retrato.stores.statements import Among, InsertOr, Part, grouped

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable

    from sqlalchemy import Table

    from retrato.stores.rows import StoredWord

#: The columns whose values the store's cipher writes.
_WORD, _SOUND, _START = map(str, (WORDS.c.word, WORDS.c.sound, WORDS.c.start))

_TABLES = (BLOCKS, HOLDERS)
_MEMBERS = {each: select(each.c.code, each.c.record).where(Among(each.c.code)) for each in _TABLES}
_ENTRIES = {each: select(each).where(Among(each.c.record)) for each in _TABLES}
_ENTER = {each: InsertOr(each) for each in _TABLES}
_LEAVE = {each: delete(each).where(each.c.code == bindparam("c"), each.c.record == bindparam("n")) for each in _TABLES}
_FIRST_HOLDERS = _MEMBERS[HOLDERS].limit(bindparam("most"))
_LARGE = select(LARGE_BLOCKS.c.code).where(Among(LARGE_BLOCKS.c.code))
_SET_LARGE = InsertOr(LARGE_BLOCKS)
_UNSET_LARGE = delete(LARGE_BLOCKS).where(LARGE_BLOCKS.c.code == bindparam("c"))
_ALIKE = or_(WORDS.c.sound == bindparam("s"), WORDS.c.start == bindparam("b"))
_WORDS = select(WORDS.c.word).where(WORDS.c.kind == bindparam("k"), _ALIKE)
_COUNT_WORDS = InsertOr(WORDS, f"(kind, word) DO UPDATE SET records = {WORDS.name}.records + excluded.records")
_DROP_WORDS = delete(WORDS).where(WORDS.c.kind == bindparam("k"), WORDS.c.word == bindparam("w"), WORDS.c.records <= 0)
_LINKS = select(LINKS.c.record, LINKS.c.other).where(Among(LINKS.c.record))
_LINK = InsertOr(LINKS)
_UNLINK = delete(LINKS).where(LINKS.c.record == bindparam("x"), LINKS.c.other == bindparam("y"))


class Candidates(Part):
    """Blocks, holders, words and links."""

    def large(self, codes: Collection[int]) -> set[int]:
        """Those of the blocks that are too large."""
        return {row[0] for row in self._among(_LARGE, codes)}

    def set_large(self, codes: Iterable[int], *, large: bool) -> None:
        """Blocks are too large from now on, or no more."""
        if large:
            self._run_all(_SET_LARGE, ({"code": code} for code in codes))
        else:
            self._run_all(_UNSET_LARGE, ({"c": code} for code in codes))

    def large_blocks(self, most: int) -> set[int]:
        """The blocks that hold more records than this and are not known to be large."""
        many = select(BLOCKS.c.code).group_by(BLOCKS.c.code).having(func.count() > most)
        asked = many.where(BLOCKS.c.code.not_in(select(LARGE_BLOCKS.c.code)))
        return {row[0] for row in self.connection.execute(asked)}

    def small_large_blocks(self, most: int) -> set[int]:
        """The blocks that are called large and do not hold more records than this."""
        many = select(BLOCKS.c.code).group_by(BLOCKS.c.code).having(func.count() > most)
        asked = select(LARGE_BLOCKS.c.code).where(LARGE_BLOCKS.c.code.not_in(many))
        return {row[0] for row in self.connection.execute(asked)}

    def members(self, codes: Collection[int]) -> dict[int, list[int]]:
        """The records in blocks."""
        return grouped(self._among(_MEMBERS[BLOCKS], codes))

    def holders(self, codes: Collection[int]) -> dict[int, list[int]]:
        """The records that hold values."""
        return grouped(self._among(_MEMBERS[HOLDERS], codes))

    def first_holders(self, codes: Collection[int], most: int) -> dict[int, list[int]]:
        """The records that hold values, so many at most."""
        return grouped(self._among(_FIRST_HOLDERS, codes, most=most))

    def entries_of(self, numbers: Collection[int]) -> set[tuple[int, int]]:
        """The blocks that records are in: `(code, record)`."""
        return {tuple(row) for row in self._among(_ENTRIES[BLOCKS], numbers)}

    def held_by(self, numbers: Collection[int]) -> set[tuple[int, int]]:
        """The values that records hold: `(code, record)`."""
        return {tuple(row) for row in self._among(_ENTRIES[HOLDERS], numbers)}

    def count_entries(self) -> int:
        """How many records are in blocks, each counted once a block."""
        return self._count(BLOCKS)

    def count_held(self) -> int:
        """How many values are held, each counted once a record."""
        return self._count(HOLDERS)

    def enter(self, entries: Iterable[tuple[int, int]]) -> None:
        """Put records into blocks: `(code, record)`."""
        self._enter(BLOCKS, entries)

    def leave(self, entries: Iterable[tuple[int, int]]) -> None:
        """Take records out of blocks."""
        self._leave(BLOCKS, entries)

    def hold(self, entries: Iterable[tuple[int, int]]) -> None:
        """Records hold values: `(code, record)`."""
        self._enter(HOLDERS, entries)

    def let_go(self, entries: Iterable[tuple[int, int]]) -> None:
        """Records hold values no more."""
        self._leave(HOLDERS, entries)

    def _enter(self, table: Table, entries: Iterable[tuple[int, int]]) -> None:
        self._run_all(_ENTER[table], ({"code": code, "record": record} for code, record in entries))

    def _leave(self, table: Table, entries: Iterable[tuple[int, int]]) -> None:
        self._run_all(_LEAVE[table], ({"c": code, "n": record} for code, record in entries))

    def words(self, kind: str, sound: str, start: str) -> list[str]:
        """The words of a kind that sound so, or begin so."""
        cipher = self._cipher
        rows = self._run(_WORDS, k=kind, s=cipher.token(_SOUND, sound, kind), b=cipher.token(_START, start, kind))
        return [cipher.decrypt_findable(_WORD, row[0], kind) for row in rows]

    def count_words(self, words: Iterable[StoredWord], by: int) -> None:
        """So many more records have these words; or fewer."""
        rows = [{**self._written_word(each), "records": by} for each in words]
        self._run_all(_COUNT_WORDS, rows)
        if by < 0:
            self._run_all(_DROP_WORDS, ({"k": row["kind"], "w": row["word"]} for row in rows))

    def _written_word(self, word: StoredWord) -> dict[str, str]:
        """A word as it is written down."""
        kind, cipher = word.kind, self._cipher
        return {
            "kind": kind,
            "word": cipher.encrypt_findable(_WORD, word.word, kind),
            "sound": cipher.token(_SOUND, word.sound, kind),
            "start": cipher.token(_START, word.start, kind),
        }

    def links(self, numbers: Collection[int]) -> dict[int, list[int]]:
        """For each of the records, those that it is linked with."""
        return grouped(self._among(_LINKS, numbers))

    def link(self, pairs: Iterable[tuple[int, int]]) -> None:
        """Link pairs of records."""
        self.link_one_way((x, y) for a, b in pairs for x, y in ((a, b), (b, a)))

    def link_one_way(self, pairs: Iterable[tuple[int, int]]) -> None:
        """Link pairs of records, which the caller links the other way round as well."""
        self._run_all(_LINK, ({"record": x, "other": y} for x, y in pairs))

    def unlink(self, pairs: Iterable[tuple[int, int]]) -> None:
        """Pairs of records are linked no more."""
        self._run_all(_UNLINK, ({"x": x, "y": y} for a, b in pairs for x, y in ((a, b), (b, a))))
