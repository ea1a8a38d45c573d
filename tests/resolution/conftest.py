"""Seven records in two sources, too few for a model, so that rules decide; and customers enough for one."""

import pandas as pd
import pytest

from retrato import Ruleset, Source, resolve
from retrato.datasets import omnichannel

CRM = pd.DataFrame(
    {
        "id": ["17", "18", "19", "20"],
        "first name": ["Ana", "Luis", "Eva", "Marta"],
        "last name": ["Ruiz", "Ruiz", "Sanz", "Gil"],
        "email": ["ana@ruiz.es", None, "eva@sanz.es", "marta@gil.es"],
        "phone": ["600111222", "600111333", "600222333", None],
        "address": ["Calle Mayor 3", "Calle Mayor 3", "Plaza Sol 1", None],
        "postcode": ["28013", "28013", "08001", None],
    }
)
WEB = pd.DataFrame(
    {
        "uid": ["a1", "a2", "17"],
        "first name": ["ANA", "Eva", "Olga"],
        "last name": ["ruiz", "Vega", "Paz"],
        "email": ["ana@ruiz.es", "eva@sanz.es", "olga@paz.es"],
        "phone": [None, None, None],
    }
)


@pytest.fixture(scope="session")
def sources():
    return (Source("crm", CRM, key="id", region="ES"), Source("web", WEB, key="uid", region="ES"))


@pytest.fixture(scope="session")
def by_rules(sources):
    found = resolve(sources)
    assert found.model is None
    return found


@pytest.fixture(scope="session")
def strict():
    """A ruleset with a rule that keeps apart, one that has no sentence, and one that joins."""
    return Ruleset.from_dict(
        {
            "match_rules": [
                {
                    "name": "other_surname",
                    "decision": "different",
                    "when": [
                        {"feature": "email", "agreement": "equal"},
                        {"feature": "family_name", "agreement": "different"},
                    ],
                    "because": "one mailbox, two surnames",
                },
                {"name": "same_mailbox", "decision": "same", "when": [{"feature": "email", "agreement": "equal"}]},
            ]
        }
    )


@pytest.fixture(scope="session")
def fitted():
    tables = omnichannel(300, seed=5, events=False).records
    return resolve([Source(name, table, region="ES") for name, table in tables.items()])
