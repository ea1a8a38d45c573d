"""What columns are taken for: headers and values, English and Spanish, records and events; and what the user says."""

from __future__ import annotations

from pathlib import Path

import pyarrow as pa
import pytest

from retrato.engines.duckdb import DuckDBEngine
from retrato.errors import ConfigurationError
from retrato.identifiers.registry import TYPES
from retrato.io.headers import header_match
from retrato.io.mapping import map_sources
from retrato.io.readers import read
from retrato.io.recognition import guess
from retrato.records import Source, SourceKind

CASES = Path(__file__).parents[1] / "cases" / "io"


@pytest.fixture(scope="module")
def engine():
    with DuckDBEngine(threads=1) as opened:
        yield opened


def table(**columns):
    rows = max(map(len, columns.values()))
    return pa.table({name: [*values, *[None] * (rows - len(values))] for name, values in columns.items()})


def mapped(engine, data, **options):
    (mapping,) = map_sources([read(Source("crm", data, **options), engine, "raw_0")], engine)
    return mapping


def fields(mapping):
    return {each.column: each.field for each in mapping.columns}


def cases(name):
    lines = (CASES / name).read_text(encoding="utf-8").splitlines()
    return [tuple(part.strip() for part in line.split("|")) for line in lines if line and not line.startswith("#")]


@pytest.mark.parametrize(("header", "field"), cases("headers.txt"))
def test_headers_say_fields(header, field):
    found = header_match(header, TYPES)
    assert (found.name if found else "-") == field


PEOPLE = {
    "id": ["a1", "a2", "a3"],
    "nombre": ["María José", "Pedro", "Ana"],
    "apellidos": ["García Pérez", "Gil", "Núñez Soto"],
    "correo": ["maria@example.com", "pedro@example.com", "ana@example.com"],
    "móvil": ["600 112 233", "+34 611 222 333", "622333444"],
    "fecha_nacimiento": ["03/02/1980", "1975-12-01", "11/11/1991"],
}


def test_a_spanish_export_is_recognised(engine):
    mapping = mapped(engine, table(**PEOPLE), region="ES")
    assert fields(mapping) == {
        "id": "record_key",
        "nombre": "given_name",
        "apellidos": "family_name",
        "correo": "email",
        "móvil": "phone",
        "fecha_nacimiento": "birth_date",
    }
    assert mapping.kind is SourceKind.RECORDS
    assert all(0.5 < each.confidence <= 1 and each.reason for each in mapping.columns)


def test_values_overrule_a_header(engine):
    mapping = mapped(engine, table(id=["1", "2"], phone=["ana@example.com", "eva@example.com"], name=["C-17", "C-18"]))
    assert fields(mapping) == {"id": "record_key", "phone": "email", "name": None}
    assert "header says phone, but 100 % of the values look like email" in mapping.columns[1].reason


def test_values_alone_are_enough_for_what_tells_itself(engine):
    data = table(
        id=["1", "2"], campo1=["ana@example.com", "eva@example.com"], campo2=["+34 600 112 233", "+44 20 7946 0958"]
    )
    assert fields(mapped(engine, data)) == {"id": "record_key", "campo1": "email", "campo2": "phone"}


def test_values_of_somebody_else_are_left_alone(engine):
    data = table(id=["1", "2"], agent_email=["ana@example.com", "eva@example.com"], vendedor=["Ana Gil", "Eva Soto"])
    assert fields(mapped(engine, data)) == {"id": "record_key", "agent_email": None, "vendedor": None}


def test_telephones_that_are_foreign_to_the_region_are_telephones(engine):
    data = table(id=["1", "2", "3"], phone=["(212) 736-5000", "020 7946 0958", "+44 20 7946 0958"])
    assert fields(mapped(engine, data, region="ES"))["phone"] == "phone"


@pytest.mark.parametrize("label", ["cluster", "cluster_id", "entity_id", "truth", "household_id"])
def test_labels_are_no_identity_and_no_key(engine, label):
    found = fields(mapped(engine, table(**{label: ["c1", "c2", "c3"], "name": ["Ana Gil", "Eva Soto", "Luis Paz"]})))
    assert found == {label: None, "name": "name"}


def test_a_full_name_beside_its_parts_is_dropped(engine):
    data = table(full_name=["Ana Gil", "Eva Soto"], first_name=["Ana", "Eva"], surname=["Gil", "Soto"])
    assert fields(mapped(engine, data)) == {"full_name": None, "first_name": "given_name", "surname": "family_name"}


def test_nombre_is_the_full_name_where_no_surnames_stand_beside_it(engine):
    data = table(nombre=["Ana Gil Paz", "Eva Soto", "Pedro García López"], email=["a@example.com"])
    assert fields(mapped(engine, data))["nombre"] == "name"


def test_name_is_the_given_name_beside_a_surname(engine):
    data = table(name=["Ana", "Eva", "Pedro"], surname=["Gil", "Soto", "García"])
    assert fields(mapped(engine, data)) == {"name": "given_name", "surname": "family_name"}


def test_two_addresses_keep_their_names_and_one_has_none(engine):
    one = table(billing_street=["Calle Mayor 3"], billing_city=["Vigo"])
    two = table(billing_street=["Calle Mayor 3"], billing_city=["Vigo"], shipping_city=["Lugo"], shipping_zip=["27001"])
    assert fields(mapped(engine, one)) == {"billing_street": "address", "billing_city": "city"}
    assert fields(mapped(engine, two)) == {
        "billing_street": "address.billing",
        "billing_city": "city.billing",
        "shipping_city": "city.shipping",
        "shipping_zip": "postcode.shipping",
    }


def test_a_number_without_a_street_is_no_street_number(engine):
    assert fields(mapped(engine, table(number=["1", "7"], email=["a@example.com"])))["number"] is None
    assert fields(mapped(engine, table(number=["1", "7"], calle=["Mayor", "Real"])))["number"] == "street_number"


def test_the_first_all_distinct_key_header_is_the_key(engine):
    data = table(customer_id=["7", "8"], id=["1", "2"], email=["a@example.com", "b@example.com"])
    assert fields(mapped(engine, data))["id"] == "record_key"
    assert fields(mapped(engine, data))["customer_id"] == "account_id.customer"


def test_a_few_repeated_keys_are_versions_and_many_are_no_key(engine):
    some = table(id=[str(n) for n in range(50)] + ["7"])
    many = table(id=["1", "2"] * 10)
    assert mapped(engine, some).columns[0].field == "record_key"
    assert "1 rows repeat a key and are versions" in mapped(engine, some).columns[0].reason
    assert mapped(engine, many).columns[0].field is None


def test_a_card_number_that_is_the_key_stays_an_account(engine):
    mapping = mapped(engine, table(numero_tarjeta=["27000001", "27000002"], titular=["Gil, Ana", "Soto, Eva"]))
    assert mapping.columns_of("record_key") == ("numero_tarjeta",)
    assert mapping.columns_of("account_id.loyalty") == ("numero_tarjeta",)


def test_the_order_of_rows_changes_nothing(engine):
    data = table(**{name: values * 20 for name, values in PEOPLE.items()})
    shuffled = data.take(list(range(data.num_rows))[::-1])
    assert mapped(engine, data) == mapped(engine, shuffled)


EVENTS = {
    "message_id": ["m1", "m2", "m3"],
    "fecha": ["2024-01-02 10:00", "2024-01-02 10:05", "2024-01-03 09:00"],
    "sentido": ["in", "out", "in"],
    "wa_id": ["34600112233@c.us", "34600112233@c.us", "34611222333@c.us"],
    "nombre": ["Ana", "Ana", "Eva"],
    "texto": ["hola", "dígame", "buenas"],
    "estado": ["leído", "enviado", "leído"],
}


def test_an_event_table_is_recognised_with_its_reason(engine):
    mapping = mapped(engine, table(**EVENTS))
    assert mapping.kind is SourceKind.EVENTS
    assert mapping.kind_reason == (
        'column "fecha" says when, and "message_id", "sentido", "texto", "estado" what happened'
    )
    assert fields(mapping) == {
        "message_id": "event_id",
        "fecha": "event_time",
        "sentido": "direction",
        "wa_id": "phone",
        "nombre": None,
        "texto": "text",
        "estado": "state",
    }


def test_a_till_is_a_table_of_events(engine):
    data = table(
        ticket=["T1", "T1", "T2"],
        date=["2024-01-02 10:00", "2024-01-02 10:00", "2024-01-03 09:00"],
        store=["ES-01", "ES-01", "ES-02"],
        loyalty_card=["27000001", "27000001", None],
        customer_id=["C1", "C1", "C2"],
        total=["12,50", "3", "7.00"],
        currency=["EUR", "EUR", "EUR"],
        type=["order", "order", "visit"],
    )
    assert fields(mapped(engine, data)) == {
        "ticket": "thread",
        "date": "event_time",
        "store": "place",
        "loyalty_card": "account_id.loyalty",
        "customer_id": "customer_key",
        "total": "amount",
        "currency": "currency",
        "type": "event_kind",
    }


@pytest.mark.parametrize(
    "extra",
    [
        {},
        {"created_at": ["2024-01-02 10:00"] * 3, "updated_at": ["2024-02-02 10:00"] * 3},
        {"fecha_alta": ["02/01/2024"] * 3, "notas": ["vip"] * 3},
        {"status": ["active"] * 3, "fecha_alta": ["02/01/2024"] * 3},
        {"submitted_at": ["2024-01-02 10:00"] * 3, "message": ["call me"] * 3, "utm_campaign": ["x"] * 3},
        {"date": ["2024-01-02", "2024-01-03", "2024-01-04"]},
    ],
)
def test_records_with_times_stay_records(engine, extra):
    mapping = mapped(engine, table(**PEOPLE, **extra))
    assert mapping.kind is SourceKind.RECORDS
    assert mapping.kind_reason


def test_the_user_says_what_a_table_is(engine):
    assert mapped(engine, table(**EVENTS), kind=SourceKind.RECORDS).kind is SourceKind.RECORDS
    assert mapped(engine, table(id=["1"], when=["2024-01-02"]), kind=SourceKind.EVENTS).first("event_time") == "when"


def test_events_find_the_key_of_another_source(engine):
    cards = read(Source("cards", table(ficha=["L1", "L2"], dni=["12345678Z", "87654321X"])), engine, "raw_0")
    calls = read(
        Source("calls", table(started_at=["2024-01-02 10:00"] * 3, call_reason=["x"] * 3, ficha=["L1", "L1", "L2"])),
        engine,
        "raw_1",
    )
    mappings = map_sources([cards, calls], engine)
    assert mappings[0].first("record_key") == "ficha"
    assert mappings[1].first("customer_key") == "ficha"


def test_the_mapping_of_the_user_replaces_what_is_recognised(engine):
    mapping = mapped(
        engine,
        table(**PEOPLE, otro=["1", "2", "3"], zona=["N", "S", "N"]),
        key="otro",
        mapping={"phone": "correo", "category.zone": ["zona"], "ignore": ["fecha_nacimiento"]},
    )
    assert fields(mapping) == {
        "id": None,
        "nombre": "given_name",
        "apellidos": "family_name",
        "correo": "phone",
        "móvil": None,
        "fecha_nacimiento": None,
        "otro": "record_key",
        "zona": "category.zone",
    }
    assert mapping.columns[4].reason == "the mapping names another column for phone"


def test_the_source_column_is_marked(engine):
    mapping = mapped(engine, table(**PEOPLE, canal=["web", "crm", "web"]), source_column="canal")
    assert mapping.columns_of("source") == ("canal",)


def test_a_source_without_rows_is_mapped_by_its_headers(engine):
    mapping = mapped(engine, pa.table({"id": pa.array([], pa.string()), "email": pa.array([], pa.string())}))
    assert fields(mapping)["email"] == "email"


def test_every_problem_of_every_source_is_told_at_once(engine):
    crm = Source("crm", table(**PEOPLE), key="codigo", mapping={"fone": "móvil", "email": "corréo", "category": "id"})
    web = Source(
        "web",
        table(**PEOPLE),
        source_column="chanel",
        mapping={"phone": "móvil", "name": ["móvil"], "email.work": "correo"},
    )
    reads = [read(crm, engine, "raw_0"), read(web, engine, "raw_1")]
    with pytest.raises(ConfigurationError) as caught:
        map_sources(reads, engine)
    assert str(caught.value).splitlines() == [
        'source crm, field fone: no such field; did you mean "phone"?',
        'source crm, field email: no column "corréo"; did you mean "correo"?',
        'source crm, field category: an attribute needs a name; write "category.NAME"',
        'source crm, key: no column "codigo"; the columns are "id", "nombre", "apellidos", "correo", "móvil", '
        '"fecha_nacimiento"',
        'source web, field email.work: email has no namespaces, so "work" has no place; write "email"',
        'source web, field source: no column "chanel"; the columns are "id", "nombre", "apellidos", "correo", "móvil", '
        '"fecha_nacimiento"',
        'source web: column "móvil" is mapped to phone and name; map it once',
    ]


def test_nothing_about_a_mapping_is_told_twice(engine):
    mapping = {"fone": "tel", "email": "x", "phone": ["y", "moovil"]}
    read_source = read(Source("crm", table(**PEOPLE), mapping=mapping), engine, "raw_0")
    with pytest.raises(ConfigurationError) as caught:
        map_sources([read_source], engine)
    assert str(caught.value).splitlines() == [
        'source crm, field fone: no such field, and no column "tel"; did you mean "phone"?',
        'source crm, field email: no column "x"; the columns are "id", "nombre", "apellidos", "correo", "móvil", '
        '"fecha_nacimiento"',
        'source crm, field phone: no column "y"',
        'source crm, field phone: no column "moovil"; did you mean "móvil"?',
    ]


def test_values_are_read_by_no_type_that_could_change_nothing(monkeypatch):
    asked = []
    for each in TYPES:
        by = type(each).recognise
        monkeypatch.setattr(
            type(each), "recognise", lambda self, sample, by=by: asked.append(self.kind) or by(self, sample)
        )
    assert guess("correo", {"ana@example.com": 1, "eva@example.org": 2}, TYPES).field == "email"
    assert asked == []  # all of them are right
    assert guess("ciudad", {"Madrid": 5, "Cuenca": 1}, TYPES).field == "city"
    assert asked == ["address", "email", "phone", "national_id"]  # its own, and those that overrule a header
    asked.clear()
    assert guess("segmento", {"ana@example.com": 1, "eva@example.org": 2}, TYPES).field == "email"
    assert asked.count("email") == 1
