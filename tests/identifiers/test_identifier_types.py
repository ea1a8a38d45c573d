"""What the golden cases do not show: the registry, the codes, attributes, moments, recognition, masks."""

from __future__ import annotations

import pyarrow as pa
import pytest

from retrato.errors import ConfigurationError
from retrato.identifiers.account_id import AccountId
from retrato.identifiers.address import Address
from retrato.identifiers.attribute import Category, Date, Number, Text
from retrato.identifiers.base import Status
from retrato.identifiers.date import BirthDate
from retrato.identifiers.device_id import DeviceId
from retrato.identifiers.handle import Handle
from retrato.identifiers.moment import Moment
from retrato.identifiers.name import PersonName
from retrato.identifiers.phone import Phone
from retrato.identifiers.place import city_key, region_key
from retrato.identifiers.postcode import postcode_key
from retrato.identifiers.registry import FIELDS, TYPES, configured, type_of
from retrato.identifiers.sex import Sex


def told(sample: list[str]) -> dict[str, float]:
    """The confidence of every field for a sample of values."""
    return {field: share for kind in TYPES for field, share in kind.recognise(sample).items()}


def best(sample: list[str]) -> str:
    shares = told(sample)
    return max(shares, key=lambda field: shares[field])


class TestRegistry:
    def test_a_field_with_a_namespace_gives_the_type_with_it(self) -> None:
        assert type_of("account_id.crm").parse("17").keys == {"account_id": "crm:17"}
        assert type_of("number.income").key_names() == ("income",)

    def test_an_unknown_field_names_the_fields_that_are(self) -> None:
        with pytest.raises(ConfigurationError, match=r"field phon: no such field.*phone"):
            type_of("phon")

    def test_configuring_reaches_each_type_that_has_the_option(self) -> None:
        by_kind = {kind.kind: kind for kind in configured(region="ES", day_first=False)}
        assert by_kind["phone"] == Phone(region="ES")
        assert by_kind["birth_date"] == BirthDate(day_first=False)
        assert by_kind["email"] == type_of("email")

    def test_the_fields_are_those_of_the_mapping_vocabulary(self) -> None:
        assert set(FIELDS) == {
            *("name", "given_name", "family_name", "second_family_name", "honorific", "name_suffix"),
            *("email", "phone", "birth_date", "sex", "national_id", "account_id", "handle", "device_id"),
            *("address", "street_number", "address_line_2", "unit", "postcode", "city", "region", "country"),
            *("ip_address", "coordinates", "latitude", "longitude", "consent"),
            *("category", "text", "number", "date", "event_time", "created_at", "updated_at"),
        }


class TestCodes:
    def test_leading_zeros_count_and_decimals_do_not(self) -> None:
        assert AccountId().parse("000123").keys != AccountId().parse("123").keys
        assert AccountId().parse("0012345.0").keys["account_id"] == "0012345"

    @pytest.mark.parametrize("text", ["0000", "n/a", "xxxxx", "desconocido"])
    def test_fillers_have_no_key(self, text: str) -> None:
        assert AccountId("crm").parse(text).status is Status.PLACEHOLDER
        assert not AccountId("crm").parse(text).keys

    def test_a_cell_can_hold_several(self) -> None:
        assert [each.value for each in AccountId().parse_parts({"text": "A-1; B-2; A-1"})] == ["A-1", "B-2"]

    def test_the_advertising_id_of_those_who_refuse_it_is_a_filler(self) -> None:
        assert DeviceId().parse("00000000-0000-0000-0000-000000000000").status is Status.PLACEHOLDER

    @pytest.mark.parametrize(
        ("text", "key"),
        [
            ("https://www.instagram.com/Pedro.Ruiz/?hl=es", "instagram:pedro.ruiz"),
            ("https://x.com/ana/status/17", "twitter:ana"),
            ("twitter.com/ana", "twitter:ana"),
            ("https://www.linkedin.com/in/ana-lopez-123/", "linkedin:ana-lopez-123"),
            ("https://facebook.com/profile.php?id=1234", "facebook:1234"),
            ("tiktok.com/@ana", "tiktok:ana"),
            ("ig: @ana", "instagram:ana"),
            ("@ana", "web:ana"),
        ],
    )
    def test_handles_from_names_and_profile_addresses(self, text: str, key: str) -> None:
        assert Handle(namespace="web").parse(text).keys["handle"] == key

    def test_short_platform_names_are_one_namespace(self) -> None:
        assert Handle("ig").parse("ana") == Handle("instagram").parse("ana")


class TestMoments:
    @pytest.mark.parametrize(
        ("text", "value"),
        [
            ("2024-03-05T10:22:00+01:00", "2024-03-05 09:22:00.000000"),
            ("2024-03-05T10:22:00-0600", "2024-03-05 16:22:00.000000"),
            ("2024-03-05T10:22:00.123456789Z", "2024-03-05 10:22:00.123456"),
            ("2024-03-05 10:22:00 UTC", "2024-03-05 10:22:00.000000"),
            ("2024-03-05", "2024-03-05 00:00:00.000000"),
            ("05/03/2024 10:22", "2024-03-05 10:22:00.000000"),
            ("5/3/2024 10:22:33 PM", "2024-03-05 22:22:33.000000"),
            ("[05/03/24, 10:22:33]", "2024-03-05 10:22:33.000000"),
            ("12/31/2024 11:59 pm", "2024-12-31 23:59:00.000000"),
            ("Tue, 05 Mar 2024 10:22:00 GMT", "2024-03-05 10:22:00.000000"),
            ("Tue Mar 05 2024 10:22:00 GMT+0100 (CET)", "2024-03-05 09:22:00.000000"),
            ("5 de marzo de 2024 a las 10:22", "2024-03-05 10:22:00.000000"),
            ("1709634120", "2024-03-05 10:22:00.000000"),
            ("1709634120123", "2024-03-05 10:22:00.123000"),
            ("20240305T102200Z", "2024-03-05 10:22:00.000000"),
            ("45356.5", "2024-03-05 12:00:00.000000"),
            ("10:22", None),
            ("2024-02-30 10:00", None),
        ],
    )
    def test_a_moment_is_read_in_utc(self, text: str, value: str | None) -> None:
        assert Moment().parse(text).value == value


class TestAttributes:
    def test_the_namespace_is_the_name_of_the_feature_and_of_its_key(self) -> None:
        for kind in (Category("x"), Text("x"), Number("x"), Date("x")):
            assert [(feature.name, feature.keys, feature.comparison) for feature in kind.features] == [
                ("x", ("x",), kind.kind)
            ]

    @pytest.mark.parametrize(
        ("text", "value"),
        [
            ("1.234,50 €", "1234.5"),
            ("$1,234.50", "1234.5"),
            ("12,5", "12.5"),
            ("1e3", "1000"),
            ("-007", "-7"),
            ("1.234.567", "1234567"),
            ("doce", None),
        ],
    )
    def test_numbers_of_both_manners(self, text: str, value: str | None) -> None:
        assert Number("x").parse(text).value == value

    @pytest.mark.parametrize(
        ("text", "value"), [("Mujer", "f"), ("H", "m"), ("no binario", "other"), ("2", "f"), ("zz", None)]
    )
    def test_sex_from_words(self, text: str, value: str | None) -> None:
        assert Sex().parse(text).value == value

    @pytest.mark.parametrize(
        ("texts", "of_m"),
        [
            (["H", "M", "m", None], "f"),
            (["V", "M"], "f"),
            (["Hombre", "M"], "f"),
            (["M", "F"], "m"),
            (["H", "M", "F"], "m"),
            (["M"], "m"),
            (["H", "Mujer"], "m"),
        ],
    )
    def test_m_is_mujer_where_the_column_shows_it(self, texts: list[str | None], of_m: str) -> None:
        kind, said = Sex().inferred({"text": pa.chunked_array([texts])})
        assert kind.parse("M").value == of_m
        assert bool(said) == ("M" in texts and bool({"H", "V", "Hombre"} & set(texts)))

    def test_what_m_means_is_not_inferred_where_it_is_told(self) -> None:
        told = Sex(m_is_female=False)
        assert told.inferred({"text": pa.chunked_array([["H", "M"]])}) == (told, ())


class TestPlaces:
    def test_postcodes_meet_whatever_the_sheet_did(self) -> None:
        assert postcode_key("SW1A 1AA") == postcode_key("sw1a1aa") == "sw1a1aa"
        assert postcode_key("8013.0", "ES") == postcode_key("08013", "ES") == postcode_key("E-08013") == "08013"
        assert postcode_key("00000") is None

    def test_cities_and_regions_meet_whatever_the_spelling(self) -> None:
        assert city_key("Coruña, A") == city_key("A CORUÑA")
        assert city_key("St Albans") == city_key("Saint Albans")
        assert region_key("New South Wales") == region_key("NSW")

    def test_an_address_is_the_same_from_columns_and_from_one_line(self) -> None:
        columns = Address().parse_parts(
            {"full": "Mayor", "street_number": "3", "line2": "2º izquierda", "postcode": "28013", "city": "MADRID"}
        )
        assert columns[0].keys == Address().parse("C/ Mayor nº 3, 2 izda, 28013 Madrid").keys


class TestNames:
    def test_nicknames_and_short_forms_meet_in_the_root(self) -> None:
        for group in (
            ("Pepe", "José"),
            ("Lupita", "Guadalupe"),
            ("Bob", "Robert"),
            ("Bill", "William"),
            ("Mª", "María"),
            ("Fco.", "Paco"),
        ):
            roots = {
                PersonName().parse_parts({"given": name, "family": "Ruiz"})[0].keys["given_root"] for name in group
            }
            assert len(roots) == 1, group

    def test_surnames_meet_whatever_their_particles(self) -> None:
        for group in (
            ("de la Cruz", "Cruz", "Delacruz"),
            ("Mc Donald", "McDonald"),
            ("O'Brien", "O’Brien", "OBrien"),
            ("Van Dyke", "Vandyke"),
        ):
            keys = {PersonName().parse_parts({"given": "Ana", "family": name})[0].keys["family_name"] for name in group}
            assert len(keys) == 1, group


class TestRecognition:
    @pytest.mark.parametrize(
        ("field", "sample"),
        [
            ("phone", ["600 11 22 33", "+34 911 23 45 67", "699887766"]),
            ("phone", ["34600112233@c.us", "34600112244@c.us"]),
            ("email", ["ana@empresa.es", "luis@gmail.com"]),
            ("name", ["Juan García", "María López Pérez", "John Smith", "Smith, Mary"]),
            ("given_name", ["Juan", "María José", "Mary", "Pepe"]),
            ("family_name", ["García", "López Pérez", "Smith", "Hernández"]),
            ("address", ["C/ Mayor 3", "12 Oak Street", "Avda. de la Paz 7"]),
            ("birth_date", ["1956-04-09", "1980-05-03", "1999-12-31"]),
            ("birth_date", ["19560409", "19800503", "19991231"]),
            ("event_time", ["2024-03-05 10:22:00", "2024-03-06 11:00:01"]),
            ("national_id", ["53412087S", "X1234567L", "12345678Z"]),
            ("sex", ["M", "F"]),
            ("handle", ["@ana", "@luis.g", "https://instagram.com/pedro"]),
            ("country", ["Spain", "México", "UK"]),
        ],
    )
    def test_the_values_tell_the_field(self, field: str, sample: list[str]) -> None:
        assert best(sample) == field
        assert told(sample)[field] >= 0.5

    @pytest.mark.parametrize(
        "sample",
        [
            [f"C{number}" for number in range(10000, 10100)],
            [str(number) for number in range(100000000, 100000100)],
            [f"{number}.{number % 90 + 10}" for number in range(100)],
            ["email", "phone", "whatsapp", "shop"],
            ["1856-12-01x", "??", "lorem ipsum dolor"],
        ],
    )
    def test_codes_amounts_and_words_are_claimed_by_nobody_with_confidence(self, sample: list[str]) -> None:
        assert max(told(sample).values()) < 0.5


def test_masks_do_not_tell_the_value() -> None:
    values = {
        "phone": "+34600112233",
        "email": "pedro@empresa.es",
        "birth_date": "1956-04-09",
        "address": "C/ Mayor 3",
        "name": "Ana Ruiz",
    }
    for kind in TYPES:
        value = values.get(kind.kind, "53412087S")
        masked = kind.mask(value)
        assert "*" in masked
        assert masked != value
        assert sum(each.isalnum() for each in masked) <= len(value) // 2
