"""Pedro, his family and the people he is mistaken for: fixed identities that are in every generated population.

Pedro Navarro Ruiz meets the company through every channel: an advertisement, the form, a call, WhatsApp, the contract
in the office, newsletters, push and SMS, a complaint that is still open, a cart filled on the laptop and paid on the
mobile, the shop, and a last cart left behind. His wife Lucía uses his e-mail address, his son bears his name, Marta
shares the switchboard of his office, and the number that he gave up in May 2023 belongs to Óscar since November. The
Whitfields are an English family of the same kind.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property
from typing import TYPE_CHECKING

from retrato.datasets.formats import seconds_of

if TYPE_CHECKING:
    from collections.abc import Mapping


@dataclass(frozen=True)
class Touch:
    """One row of the story: its export, moment (UTC), person and values by column.

    The person is a position in PEOPLE, -1 for nobody known; `traps` are names of `TRAPS` with blanks between them.
    """

    export: str
    time: str
    person: int
    values: Mapping[str, str]
    traps: str = ""

    @cached_property
    def seconds(self) -> int:
        """The moment in seconds from 1970."""
        return seconds_of(self.time)

    def with_value(self, column: str, value: str) -> Touch:
        """The same touch with one more value."""
        return replace(self, values={column: value, **self.values})


@dataclass(frozen=True)
class StoryPerson:
    """Somebody who is in every population, with the canonical form of each identifier; empty text for none."""

    person_id: str
    household_id: str
    given_name: str
    family_name: str
    second_family_name: str
    birth_date: str
    email: str
    phone: str
    national_id: str = ""
    handle: str = ""
    old_phone: str = ""
    office_phone: str = ""
    cookies: tuple[str, ...] = ()
    device: str = ""

    @property
    def name(self) -> str:
        """The full name.

        >>> PEDRO.name
        'Pedro Navarro Ruiz'
        """
        return " ".join(part for part in (self.given_name, self.family_name, self.second_family_name) if part)


LAPTOP, MOBILE_WEB, APP = "7f3a9c01d2e84b56", "b81c44e09a7d2f13", "d4e5f60718293a4b"

PEDRO = StoryPerson(
    "P0000001", "H0000001", "Pedro", "Navarro", "Ruiz", "1978-04-12", "pedro.navarro78@gmail.com", "+34654218907",
    national_id="50314872A", handle="pedronavarro78", old_phone="+34636410275", office_phone="+34914417380",
    cookies=(LAPTOP, MOBILE_WEB), device=APP,
)  # fmt: skip
LUCIA = StoryPerson(
    "P0000002", "H0000001", "Lucía", "Gil", "Ortega", "1980-09-23", PEDRO.email,
    "+34677103452", national_id="51208846J",
)  # fmt: skip
PEDRO_JUNIOR = StoryPerson(
    "P0000003", "H0000001", "Pedro", "Navarro", "Gil", "2004-11-02", "pedrogil04@outlook.es", "+34622908416",
    national_id="55120937B", handle="pedrito.ng",
)  # fmt: skip
MARTA = StoryPerson(
    "P0000004", "H0000002", "Marta", "Solano", "Vidal", "1985-02-11", "marta.solano@hotmail.com", "+34619553028",
    national_id="47902218A", office_phone=PEDRO.office_phone,
)  # fmt: skip
OSCAR = StoryPerson(
    "P0000005", "H0000003", "Óscar", "Beltrán", "Vera", "1991-07-30", "oscarbeltran91@gmail.com", PEDRO.old_phone,
    national_id="72418350K",
)  # fmt: skip
BOB = StoryPerson(
    "P0000006", "H0000004", "Robert", "Whitfield", "", "1962-05-19", "bob.whitfield@btinternet.com", "+447740512986",
    handle="bobwhitfield62",
)  # fmt: skip
PEGGY = StoryPerson("P0000007", "H0000004", "Margaret", "Whitfield", "", "1964-12-03", BOB.email, "+447785330164")
ROB = StoryPerson(
    "P0000008", "H0000004", "Robert", "Whitfield", "", "1993-08-27", "rob.whitfield93@gmail.com", "+447947226071",
    handle="robwhitfield",
)  # fmt: skip

#: Everybody of the story; a `Touch` names a person by the position here.
PEOPLE = (PEDRO, LUCIA, PEDRO_JUNIOR, MARTA, OSCAR, BOB, PEGGY, ROB)


_CRM_COLUMNS = """
    nombre apellido1 apellido2 sexo fecha_nacimiento tipo_documento documento email telefono movil direccion
    codigo_postal ciudad provincia pais acepta_publicidad fecha_alta fecha_modificacion"""


def _crm(key: str, text: str) -> dict[str, str]:
    return {"id_cliente": key, **dict(zip(_CRM_COLUMNS.split(), text.split("|"), strict=True))}


_HOME = "C/ Mayor 3, 2º izq.|28013|Madrid|Madrid|España"
_BRISTOL = "14 Orchard Road|BS6 5QA|Bristol|Bristol|UK"

RECORDS = (
    Touch("crm", "2021-03-15T11:20:00", 0, _crm(
        "C0000003", "PEDRO|NAVARRO||H||||pedro.navarro78@gmail.com||636410275|||Madrid||España|S|"
        "15/03/2021|15/03/2021 11:20"), "recycled_phone shared_email former_phone second_surname_missing repeated"),
    Touch("crm", "2024-10-02T10:05:00", 0, _crm(
        "C0000007", f"Pedro|Navarro|Ruiz|H|12/04/1978|DNI|50314872-A|pedro.navarro78@gmail.com|"
        f"915472063|654218907|{_HOME}"
        "|S|02/10/2024|12/06/2025 17:10"), "shared_phone shared_email repeated"),
    Touch("crm", "2024-10-02T10:25:00", 1, _crm(
        "C0000008", f"Lucía|Gil|Ortega|M|23/09/1980|DNI|51208846J|pedro.navarro78@gmail.com|915472063|677103452|{_HOME}"
        "|N|02/10/2024|02/10/2024 10:25"), "shared_phone shared_email"),
    Touch("crm", "2024-11-20T17:40:00", 2, _crm(
        "C0000010", f"Pedro|Navarro|Gil|H|02/11/2004|DNI|55120937B|pedrogil04@outlook.es|915472063|622908416|{_HOME}"
        "|S|20/11/2024|20/11/2024 17:40"), "shared_phone"),
    Touch("crm", "2023-02-20T09:30:00", 3, _crm(
        "C0000005", "Marta|Solano|Vidal|M|11/02/1985|DNI|47902218A|info@talleresnavacerrada.es|914417380||"
        "Calle Alcalá 212, 4º B|28028|Madrid|Madrid|España|N|20/02/2023|20/02/2023 09:30"), "office_contact"),
    Touch("crm", "2024-01-18T16:15:00", 4, _crm(
        "C0000006", "Óscar|Beltrán|Vera|H|30/07/1991|DNI|72418350K|oscarbeltran91@gmail.com||636 41 02 75|"
        "Avda. de América 41, 1º A|28028|Madrid|Madrid|España|S|18/01/2024|18/01/2024 16:15"), "recycled_phone"),
    Touch("crm", "2022-05-09T12:00:00", 5, _crm(
        "C0000004", f"Robert|Whitfield||H|19/05/1962|||bob.whitfield@btinternet.com||07740 512986|{_BRISTOL}"
        "|S|09/05/2022|09/05/2022 12:00"), "shared_email"),
    Touch("crm", "2022-05-09T12:10:00", 6, _crm(
        "C0000014", f"Margaret|Whitfield||M|03/12/1964|||bob.whitfield@btinternet.com||07785 330164|{_BRISTOL}"
        "|N|09/05/2022|09/05/2022 12:10"), "shared_email"),
    Touch("web_form", "2023-02-14T08:45:00", 0, {
        "submission_id": "F-0000012", "submitted_at": "2023-02-14T08:45:00Z", "first_name": "Pedro",
        "last_name": "Navarro Ruiz",
        "email": "pedro.navarro78@gmail.com", "phone": "91 441 73 80", "country": "ES", "marketing_consent": "false",
        "message": "Presupuesto para el taller"}, "office_contact shared_email repeated"),
    Touch("web_form", "2023-02-17T09:10:00", 3, {
        "submission_id": "F-0000013", "submitted_at": "2023-02-17T09:10:00Z", "first_name": "Marta",
        "last_name": "Solano",
        "email": "info@talleresnavacerrada.es", "phone": "914417380", "country": "ES", "marketing_consent": "false"},
        "office_contact second_surname_missing"),
    Touch("web_form", "2024-09-18T19:12:00", 0, {
        "submission_id": "F-0000021", "submitted_at": "2024-09-18T19:12:00Z", "first_name": "pedro",
        "last_name": "navarro",
        "email": "Pedro.Navarro78@gmail.com", "phone": "+34 654 218 907", "postcode": "28013", "city": "Madrid",
        "country": "ES",
        "message": "Llámenme por favor", "marketing_consent": "true", "cookie_id": LAPTOP, "utm_source": "facebook",
        "utm_campaign": "fibra-verano"}, "shared_email second_surname_missing repeated"),
    Touch("web_form", "2025-01-09T20:30:00", 1, {
        "submission_id": "F-0000024", "submitted_at": "2025-01-09T20:30:00Z", "first_name": "Lucía", "last_name": "Gil",
        "email": "pedro.navarro78@gmail.com", "phone": "677103452", "postcode": "28013", "city": "Madrid",
        "country": "ES",
        "marketing_consent": "false", "cookie_id": "2c90d7b14fe6a835"}, "shared_email second_surname_missing"),
    Touch("web_form", "2023-09-02T18:00:00", 7, {
        "submission_id": "F-0000015", "submitted_at": "2023-09-02T18:00:00Z", "first_name": "Rob",
        "last_name": "Whitfield",
        "email": "rob.whitfield93@gmail.com", "phone": "07947226071", "postcode": "BS6 5QA", "city": "Bristol",
        "country": "GB",
        "message": "Call me back", "marketing_consent": "true", "cookie_id": "90e1ff25ac3b7d48"}, "nickname"),
    Touch("whatsapp", "2024-09-20T16:02:00", 0, {
        "contact_id": "WA0000015", "wa_id": "34654218907@c.us", "profile_name": "Pedro N. 💪", "language": "es",
        "opt_in": "yes",
        "first_message_at": "20/09/2024, 16:02", "last_message_at": "26/06/2025, 18:43"},
        "second_surname_missing repeated"),
    Touch("whatsapp", "2022-04-03T12:31:00", 0, {
        "contact_id": "WA0000009", "wa_id": "34636410275@c.us", "profile_name": "Pedro Navarro", "language": "es",
        "first_message_at": "03/04/2022, 12:31", "last_message_at": "03/04/2022, 12:44"},
        "recycled_phone former_phone second_surname_missing repeated"),
    Touch("whatsapp", "2023-11-28T10:15:00", 4, {
        "contact_id": "WA0000012", "wa_id": "34636410275@c.us", "profile_name": "Óscar B", "language": "es",
        "opt_in": "yes",
        "first_message_at": "28/11/2023, 10:15", "last_message_at": "04/02/2025, 11:20"},
        "recycled_phone second_surname_missing"),
    Touch("whatsapp", "2024-12-05T13:40:00", 2, {
        "contact_id": "WA0000017", "wa_id": "34622908416@c.us", "profile_name": "Pedro Navarro", "language": "es",
        "first_message_at": "05/12/2024, 13:40", "last_message_at": "05/12/2024, 13:58"}, "second_surname_missing"),
    Touch("whatsapp", "2023-06-11T19:05:00", 6, {
        "contact_id": "WA0000011", "wa_id": "447785330164@c.us", "profile_name": "Peggy 🌸", "language": "en",
        "opt_in": "no",
        "first_message_at": "11/06/2023, 19:05", "last_message_at": "11/06/2023, 19:20"}, "nickname given_only"),
    Touch("call_centre_contacts", "2024-09-19T08:12:00", 0, {
        "ficha": "L0000009", "nombre_llamante": "PEDRO NABARRO RUIS", "numero_llamante": "+34654218907",
        "poblacion": "Madrid",
        "observaciones": "llamar por la tarde", "fecha_ficha": "19-09-2024 08:12"}, "name_typo"),
    Touch("call_centre_contacts", "2024-02-27T15:30:00", 5, {
        "ficha": "L0000006", "nombre_llamante": "BOB WHITFEILD", "numero_llamante": "07740512986",
        "observaciones": "habla inglés",
        "fecha_ficha": "27-02-2024 15:30"}, "nickname name_typo"),
    Touch("shop_cards", "2025-06-12T17:10:00", 0, {
        "numero_tarjeta": "2700000012", "titular": "NAVARRO RUIZ, PEDRO", "telefono": "654 21 89 07",
        "fecha_nac": "12/04/1978",
        "cp": "28013", "localidad": "Madrid", "tienda": "ES-03", "publicidad": "SI", "fecha_alta": "12/06/25"}),
    Touch("newsletter", "2024-09-18T19:12:30", 0, {
        "subscriber_id": "sub_0000030", "email_address": "pedro.navarro78@gmail.com", "name": "Pedro", "language": "es",
        "opt_in": "yes", "status": "subscribed", "subscribed_at": "2024-09-18 19:12:30",
        "last_changed": "2024-09-18 19:12:30"}, "shared_email given_only"),
    Touch("newsletter", "2023-03-01T11:00:00", 7, {
        "subscriber_id": "sub_0000018", "email_address": "rob.whitfield93+news@gmail.com", "name": "Robert Whitfield",
        "language": "en", "opt_in": "yes", "status": "subscribed", "subscribed_at": "2023-03-01 11:00:00",
        "last_changed": "2023-03-01 11:00:00"}),
    Touch("social", "2024-12-22T21:00:00", 0, {
        "account_id": "soc0000011", "platform": "instagram", "handle": "@pedronavarro78",
        "display_name": "Pedro Navarro",
        "location": "Madrid", "followers": "214", "first_seen": "2024-12-22"}, "name_only second_surname_missing"),
    Touch("social", "2025-02-08T22:00:00", 2, {
        "account_id": "soc0000013", "platform": "instagram", "handle": "pedrito.ng", "display_name": "Pedro Navarro ⚽",
        "location": "Madrid", "followers": "689", "first_seen": "2025-02-08"}, "name_only second_surname_missing"),
    Touch("social", "2023-05-30T18:00:00", 5, {
        "account_id": "soc0000008", "platform": "facebook", "handle": "bobwhitfield62", "display_name": "Bob Whitfield",
        "followers": "97", "first_seen": "2023-05-30"}, "nickname name_only"),
)  # fmt: skip
