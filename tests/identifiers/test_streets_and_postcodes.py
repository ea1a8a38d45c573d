"""Street lines that mean one address have one key, and postal codes are told by the country's own forms."""

from __future__ import annotations

import pytest

from retrato.identifiers.address import Address
from retrato.identifiers.address_line import split_line
from retrato.identifiers.place import city_key, region_key
from retrato.identifiers.postcode import postcode_key, read_postcode
from retrato.identifiers.street import read_street
from retrato.identifiers.street_layout import layout
from retrato.identifiers.street_words import words_of
from retrato.identifiers.tables import lines


@pytest.mark.parametrize(
    "spellings",
    [
        ("Calle Mayor 3, 2º izq.", "C/ Mayor, 3 - 2º Izda", "CL MAYOR 3 2 IZQUIERDA", "Mayor nº 3, piso 2 pta. izq"),
        ("Avda. Dr. Fleming 4 bajo", "Avenida del Doctor Fleming, nº 4, Bj", "AV DOCTOR FLEMING 4 PB"),
        ("Plaza de España s/n", "Pza. España, S/N", "Plaza España sin número", "PZ ESPAÑA S N"),
        ("Pol. Ind. El Pino, parcela 4", "Polígono Industrial El Pino, parc. 4", "Polig. El Pino, parcela 4"),
        (
            "Cra. 43A # 5A-113 Apto 201",
            "Carrera 43 A No. 5 A - 113 apartamento 201",
            "KR 43A 5A 113 AP 201".replace("AP", "Apto"),
        ),
        (
            "Av. Universidad 3000 entre Copilco y Cerro",
            "Avenida Universidad #3000, Col. Copilco",
            "AV UNIVERSIDAD NO. 3000",
        ),
        ("12 N Main St Apt 4B", "12 North Main Street #4B", "12 N. Main St., Unit 4B", "Apt 4B, 12 N Main St"),
        ("350 5th Ave Fl 2", "350 Fifth Avenue, 2nd Floor", "350 5th Avenue, Floor 2"),
        ("Flat 2, Oak House, 10 High Street", "10 High St, Flat 2", "10 High St. Flat 2"),
        ("P.O. Box 99", "PO Box 99", "Post Office Box 99", "Apartado de correos 99", "Apdo. Postal 99", "Casilla 99"),
        ("Hauptstraße 12a", "Hauptstr. 12 a", "HAUPTSTRASSE 12A"),
    ],
)
def test_spellings_of_one_street_have_one_key(spellings: tuple[str, ...]) -> None:
    assert len({Address().parse(text).keys["address"] for text in spellings}) == 1


def test_a_street_is_read_from_the_classes_of_its_words_alone() -> None:
    one, other = words_of("Calle Luna 12, 3º B, Edif. Norte"), words_of("Calle Málaga 7, 9º B, Edif. Sur-Este")[:-1]
    assert [word.class_ for word in one][:4] == [word.class_ for word in other][:4]
    found = layout(tuple(word.class_ for word in one))
    assert (found.name, found.number) == ((1,), (2,))


def test_where_a_line_ends_is_told_by_what_stands_behind_the_first_comma() -> None:
    for street in ("Calle Sol 3", "Oak House", "12"):
        assert split_line(f"{street}, 2º B, 28013 Madrid") == (
            f"{street}, 2º B",
            {"postcode": "28013", "city": "Madrid"},
        )


def test_a_number_in_its_own_column_and_in_the_line_is_one() -> None:
    assert read_street("Calle Mayor 3", "3.0").key == read_street("Calle Mayor", "nº 3").key == "mayor 3"
    assert read_street("Calle Mayor 3", "5").key == "mayor 5 3"


@pytest.mark.parametrize(
    ("text", "country", "key", "written", "valid"),
    [
        ("28013", "ES", "28013", "28013", True),
        ("8013", "ES", "08013", "08013", True),
        ("99001", "ES", "99001", "99001", False),
        ("E-28013", "ES", "28013", "28013", True),
        ("C.P. 44100", "MX", "44100", "44100", True),
        ("c1043aaz", "AR", "c1043aaz", "C1043AAZ", True),
        ("5000", "AR", "5000", "5000", True),
        ("8320000", "CL", "8320000", "8320000", True),
        ("50001", "CO", "050001", "050001", True),
        ("15036", "PE", "15036", "15036", True),
        ("62704-1234", "US", "62704", "62704-1234", True),
        ("627041234", "US", "62704", "62704-1234", True),
        ("2134", "US", "02134", "02134", True),
        ("sw1a1aa", "GB", "sw1a1aa", "SW1A 1AA", True),
        ("M1 1AE", "GB", "m11ae", "M1 1AE", True),
        ("28013", "GB", "28013", "28013", False),
        ("1304001", "BR", "01304001", "01304-001", True),
        ("4000447", "PT", "4000447", "4000-447", True),
        ("1012ab", "NL", "1012ab", "1012 AB", True),
        ("k1a0b1", "CA", "k1a0b1", "K1A 0B1", True),
        ("28013", None, "28013", "28013", None),
    ],
)
def test_postcodes_in_the_form_of_their_country(
    text: str, country: str | None, key: str, written: str, valid: bool | None
) -> None:
    assert read_postcode(text, country) == (key, written, valid)


def test_a_postcode_reads_as_itself_in_every_country() -> None:
    for line in lines("postcodes"):
        country, _, forms = line.partition(": ")
        for form in forms.split(", "):
            text = form.replace("A", "B").replace("9", "3")
            found = read_postcode(text, country)
            assert found is not None, form
            assert found.valid
            assert read_postcode(found.written, country) == found
            assert postcode_key(found.key, country) == found.key


def test_places_with_two_names_have_one_key() -> None:
    assert city_key("Donostia / San Sebastián") == city_key("San Sebastián")
    assert city_key("CABA") == city_key("Capital Federal") == city_key("Buenos Aires")
    assert region_key("Vizcaya") == region_key("Bizkaia")
    assert region_key("Estado de México") == region_key("Edo. Méx.")
    assert region_key("Provincia de Córdoba") == region_key("Córdoba")
    assert region_key("Jal.") == region_key("Jalisco")
