"""`Email` against email-validator on generated cells.

The oracle is `validate_email(text, check_deliverability=False, allow_quoted_local=True)` on the address that a cell is
made of; value and validity are compared, in lower case (NFC). A cell that wraps its address in what a documented repair
takes off, or spells it as one puts right, counts under the name of the repair: blanks around, a display name, `mailto:`
with a query, brackets, quotes, punctuation or symbols around, an invisible character, `(at)` and `(dot)`, blanks around
the `@`, a doubled `@`, a comma or a blank at the last dot, a telephone number before a slash, several in one cell.
A local part that begins with such a mark keeps its quotes. What is taken out of other odd texts counts as "other". A
filler keeps its value, and is no disagreement: `placeholder` is a status beside validity.
"""

from __future__ import annotations

import random
import string
import unicodedata
from dataclasses import dataclass

import email_validator
import pyarrow as pa
from email_validator import EmailNotValidError, rfc_constants, validate_email

from differences import Differences
from retrato.identifiers.email import Email
from retrato.identifiers.email_text import repaired

WORDS = """
ana luis maria.jose j.perez pedro_r m-gomez lucia80 eva2 o'hara x test info ventas noreply María JOSÉ Zoë 用户 юрий ß
gmail empresa hotmail mail café españa 例子 xn--caf-dma xn--zzzzzz-9 münchen a-b 3m ab--c 2x
com es com.mx co.uk org museum 广告 xn--p1ai COM Es c 1 c0m local test invalid onion localhost arpa
"""
NAMES, HOSTS, ENDINGS = (line.split() for line in WORDS.strip().splitlines())
SPECIAL = "!#$%&*+-/=?^_`{|}~'"
ODD = 'éñß李ж😀½ªﬁ\u0301\u00ad\u200d\ufeff\u3000\u2028\ue000。．＠İſK\t\n "\\(),:;<>[]'
MUTANTS = string.ascii_letters + string.digits + "@...---__++#$%^~é李ß\u0301😀"


#: Repairs: what of an address is written otherwise (nothing: it is wrapped), and in which ways.
REPAIRS = {
    "blanks": ("", [" \t{}\u00a0 "]),
    "display name": ("", ["Ana <{}>", "Ruiz, Ana <{}>", "ANA (ES) <{}>", '"Ruiz, Ana" <{}>']),
    "link": ("", ["mailto:{}", "mailto:{}?subject=Hola%20Ana"]),
    "brackets": ("", ["<{}>", "({})", "[{}]"]),
    "quotes": ("", ["'{}'", '"{}"', "«{}»", "“{}”", "'{}"]),
    "punctuation": ("", ["{}.", "{},", "{};", "{}?", "E-mail: {}"]),
    "symbol": ("", ["✉ {}", "📧{}", "•{}"]),
    "telephone": ("", ["600112233/{}", "+34600112233|{}"]),
    "invisible": ("@", ["@\u200b", "\u00ad@"]),
    "spelt": ("@", [" (at) ", "[arroba]", "(AT)"]),
    "loose at": ("@", [" @ ", "@ "]),
    "doubled at": ("@", ["@@"]),
    "last dot": (".es", [",es", ". es", " .es"]),
}


@dataclass
class Cells:
    """Draws cells, each with the addresses that it is made of and the repair that it takes ("" for none)."""

    rng: random.Random

    def draw(self) -> tuple[str, list[str], str]:
        """A cell, its addresses, the repair."""
        how = self.rng.random()
        if how < 0.3:
            return self._cased(self.plain()), [], ""
        if how < 0.5:
            return self.odd(), [], ""
        if how < 0.6:
            return self.long(), [], ""
        if how < 0.8:
            return self.mutated(), [], ""
        if how < 0.95:
            repair, (sign, forms) = self.rng.choice(list(REPAIRS.items()))
            address, form = "ana@empresa.es" if sign == ".es" else self.plain(), self.rng.choice(forms)
            return address.replace(sign, form) if sign else form.format(address), [address], repair
        addresses = [f"{number}{self.plain()}" for number in range(self.rng.randint(2, 3))]
        return self.rng.choice(["; ", ", ", " / ", "|", "\n", ","]).join(addresses), addresses, "several"

    def plain(self) -> str:
        """A name at a host, mostly correct, of letters that no repair touches."""
        tail = self.rng.choice(["", "", str(self.rng.randrange(10**6)), "+web", "_", "-x", ".", ".b", "..c"])
        host = self.rng.choice([*HOSTS, f"empresa{self.rng.randrange(10**5)}", "sub.empresa", "-a", "a_b"])
        return f"{self.rng.choice(NAMES)}{tail}@{host}.{self.rng.choice(ENDINGS[: self.rng.choice([4, 4, 99])])}"

    def odd(self) -> str:
        """Every letter that local parts and domains may or may not hold, quoted or not; a reserved domain."""
        name = self.text(SPECIAL + "ab.", 8) if self.rng.random() < 0.4 else self.text(SPECIAL + ODD + "ab.", 5)
        if self.rng.random() < 0.5:
            name = '"' + "".join(f"\\{each}" if each in '"\\' else each for each in name) + '"'
        reserved = self.rng.choice(email_validator.SPECIAL_USE_DOMAIN_NAMES)
        host = self.rng.choice(
            ["empresa.es", reserved, f"a.{reserved}", f"{self.text(ODD + 'ab-.', 6)}.es", "localhost"]
        )
        return f"{name}@{host}"

    def long(self) -> str:
        """Lengths around the limits of the local part, a label, the domain and the whole."""
        near = self.rng.choice(
            [rfc_constants.LOCAL_PART_MAX_LENGTH, rfc_constants.DNS_LABEL_LENGTH_LIMIT, rfc_constants.EMAIL_MAX_LENGTH]
        )
        letter = self.rng.choice("aaañ")
        name, labels = letter * self.rng.randint(1, near + 1), [self.rng.choice("bbü") * self.rng.randint(1, 64)]
        while self.rng.random() < 0.6:
            labels.append("c" * self.rng.randint(60, 64))
        return f"{name[: self.rng.choice([6, 64, 254])]}@{'.'.join(labels)}.es"

    def mutated(self) -> str:
        """A good address with a few letters changed, put in or left out."""
        letters = list(self._cased(f"{self.rng.choice(NAMES)}@{self.rng.choice(HOSTS)}.es"))
        for _ in range(self.rng.randint(1, 3)):
            at = self.rng.randrange(len(letters) + 1)
            letters[at : at + self.rng.choice([0, 1])] = self.rng.choice([[], [self.rng.choice(MUTANTS)]])
        return "".join(letters)

    def text(self, letters: str, most: int) -> str:
        """One to `most` letters."""
        return "".join(self.rng.choices(letters, k=self.rng.randint(1, most)))

    def _cased(self, address: str) -> str:
        return self.rng.choice([address, address, address.upper(), address.title()])


def expected(address: str) -> str | None:
    """What the library makes of an address, in lower case; None when it refuses it."""
    try:
        found = validate_email(address, check_deliverability=False, allow_quoted_local=True)
    except (EmailNotValidError, ValueError):
        return None
    return unicodedata.normalize("NFC", found.normalized.lower())


def wanted(text: str, addresses: list[str]) -> tuple[list[str | None], str]:
    """What the library makes of each address in a cell, and how the cell was repaired where that is not known before.

    A cell that is correct as it stands is asked about as it stands, unless it begins with a mark that is taken off.
    """
    if addresses:
        return [expected(address) for address in addresses], ""
    plain = text.strip()
    found = expected(plain)
    if found is not None and (plain.isascii() or unicodedata.category(plain[0]) != "So") and plain[0] not in "'`*=/|":
        return [found], ""
    candidates = repaired(text)
    return [expected(each) for each in candidates], "" if candidates == [plain] else "other"


def compare(count: int, seed: int) -> Differences:
    """Read `count` generated cells as one column and ask the library about each of them."""
    found, cells = Differences(compared=count), Cells(random.Random(seed))
    drawn = [cells.draw() for _ in range(count)]
    read: list[list[tuple[str, str]]] = [[] for _ in drawn]
    for row in Email().parse_column(pa.table({"text": [text for text, _, _ in drawn]})).to_pylist():
        if row["value"] is not None:
            read[row["item"]].append((row["value"], row["status"]))
    for (text, addresses, repair), values in zip(drawn, read, strict=True):
        want, other = wanted(text, addresses)
        if repair or other:
            found.repaired[repair or other] += 1
        if len(want) != len(values) or not all(map(_agree, want, values)):
            found.disagreements.append(f"{text!a}: {want!a} by the library, {values!a} read")
    return found


def _agree(want: str | None, found: tuple[str, str]) -> bool:
    value, status = found
    if want is None:
        return status != "valid"
    return status in {"valid", "placeholder"} and (value == want or (value[0] == '"' and expected(value) == want))
