"""Countries, cities, streets: where people live, and how an address is written there.

Cities are real, with rough population weights, the range of their postcodes and their telephone area code. Street
names are the ones found in any town of the country. House numbers are drawn, so an address is plausible and nobody's
in particular.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cache

import numpy as np

from retrato.datasets.formats import Flags, Ints, Strings, blank, digits, grouped, strings, weighted, zipf


@dataclass(frozen=True)
class City:
    """A city: its weight is relative to the other cities of the country."""

    name: str
    region: str
    weight: float
    postcodes: tuple[int, int]  # lowest and highest; for GB the district after the letters of `postal_area`
    area_code: str
    postal_area: str = ""


@dataclass(frozen=True)
class Country:
    """A country of the population; `share` is its part of the people."""

    code: str
    language: str
    share: float
    calling_code: str
    currency: str
    postcode_width: int
    cities: tuple[City, ...]
    street_types: tuple[tuple[str, ...], ...]  # each with its spellings, the full one first
    domains: str  # mail domains, most used first
    names: tuple[str, ...] = field(default=())  # how the country itself is written


def _cities(text: str) -> tuple[City, ...]:
    cities = []
    for line in text.strip().splitlines():
        name, region, weight, low, high, area, *postal = (part.strip() for part in line.split("|"))
        cities.append(City(name, region, float(weight), (int(low), int(high)), area, *postal))
    return tuple(cities)


_HISPANIC_TYPES = (
    ("Calle", "C/", "c/", "C."),
    ("Avenida", "Avda.", "Av."),
    ("Plaza", "Pza.", "Plza."),
    ("Paseo", "Pº", "P.º"),
)
_AMERICAN_TYPES = (
    ("Calle", "C.", ""),
    ("Avenida", "Av.", "Avda."),
    ("Boulevard", "Blvd.", "Bv."),
    ("Pasaje", "Pje.", "Psje."),
)
_ENGLISH_TYPES = (("Street", "St", "St."), ("Road", "Rd", "Rd."), ("Avenue", "Ave", "Av"), ("Lane", "Ln", "La"))

COUNTRIES = (
    Country(
        "ES", "es", 0.50, "34", "EUR", 5,
        _cities("""
            Madrid|Madrid|32|28001|28055|91
            Barcelona|Barcelona|16|8001|8042|93
            Valencia|Valencia|8|46001|46026|963
            Sevilla|Sevilla|7|41001|41020|954
            Zaragoza|Zaragoza|6.5|50001|50022|976
            Málaga|Málaga|5.5|29001|29018|952
            Murcia|Murcia|4.5|30001|30012|968
            Palma|Illes Balears|4|7001|7015|971
            Las Palmas de Gran Canaria|Las Palmas|3.5|35001|35020|928
            Bilbao|Bizkaia|3.4|48001|48015|944
            Alicante|Alicante|3.3|3001|3016|965
            Córdoba|Córdoba|3.2|14001|14014|957
            Valladolid|Valladolid|3|47001|47017|983
            Vigo|Pontevedra|2.9|36201|36216|986
            Gijón|Asturias|2.7|33201|33213|985
            A Coruña|A Coruña|2.4|15001|15011|981
            Granada|Granada|2.3|18001|18016|958
            Alcorcón|Madrid|1.7|28921|28925|91
            Getafe|Madrid|1.8|28901|28909|91
            L'Hospitalet de Llobregat|Barcelona|2.6|8901|8908|93
            Logroño|La Rioja|1.5|26001|26009|941
            Cádiz|Cádiz|1.1|11001|11012|956"""),
        _HISPANIC_TYPES, "gmail.com hotmail.com yahoo.es outlook.es hotmail.es telefonica.net icloud.com live.com",
        ("España", "ES", "ESPAÑA", "Spain"),
    ),
    Country(
        "MX", "es", 0.16, "52", "MXN", 5,
        _cities("""
            Ciudad de México|Ciudad de México|40|1000|16900|55
            Guadalajara|Jalisco|12|44100|44990|33
            Monterrey|Nuevo León|12|64000|64996|81
            Puebla|Puebla|8|72000|72595|222
            Tijuana|Baja California|7|22000|22785|664
            León|Guanajuato|7|37000|37690|477
            Querétaro|Querétaro|5|76000|76246|442
            Mérida|Yucatán|5|97000|97314|999
            Toluca|Estado de México|4|50000|50290|722"""),
        _AMERICAN_TYPES, "gmail.com hotmail.com outlook.com yahoo.com.mx live.com.mx icloud.com prodigy.net.mx",
        ("México", "MX", "MEXICO", "Mexico"),
    ),
    Country(
        "AR", "es", 0.08, "54", "ARS", 4,
        _cities("""
            Buenos Aires|CABA|45|1000|1440|11
            Córdoba|Córdoba|14|5000|5023|351
            Rosario|Santa Fe|12|2000|2013|341
            La Plata|Buenos Aires|8|1900|1925|221
            Mendoza|Mendoza|6|5500|5509|261
            Mar del Plata|Buenos Aires|6|7600|7613|223"""),
        _AMERICAN_TYPES, "gmail.com hotmail.com yahoo.com.ar outlook.com live.com.ar fibertel.com.ar",
        ("Argentina", "AR", "ARGENTINA"),
    ),
    Country(
        "CL", "es", 0.06, "56", "CLP", 7,
        _cities("""
            Santiago|Región Metropolitana|50|8320000|8370000|22
            Providencia|Región Metropolitana|9|7500000|7510000|22
            Viña del Mar|Valparaíso|9|2520000|2580000|322
            Concepción|Biobío|9|4030000|4070000|412
            Antofagasta|Antofagasta|6|1240000|1270000|552
            Temuco|La Araucanía|5|4780000|4810000|452"""),
        _AMERICAN_TYPES, "gmail.com hotmail.com outlook.cl live.cl yahoo.es vtr.net",
        ("Chile", "CL", "CHILE"),
    ),
    Country(
        "CO", "es", 0.07, "57", "COP", 6,
        _cities("""
            Bogotá|Bogotá D.C.|45|110111|111981|601
            Medellín|Antioquia|18|50001|50044|604
            Cali|Valle del Cauca|14|760001|760050|602
            Barranquilla|Atlántico|9|80001|80020|605
            Bucaramanga|Santander|5|680001|680011|607
            Cartagena|Bolívar|6|130001|130015|605"""),
        (("Carrera", "Cra.", "Kr", "Cra"), ("Calle", "Cl.", "Cll", "CL"), ("Avenida", "Av.", "AV"), ("Transversal",
        "Tv.", "Transv.")),
        "gmail.com hotmail.com outlook.com yahoo.es yahoo.com live.com une.net.co",
        ("Colombia", "CO", "COLOMBIA"),
    ),
    Country(
        "GB", "en", 0.07, "44", "GBP", 0,
        _cities("""
            London|Greater London|34|1|19|20|SE
            London|Greater London|20|1|20|20|SW
            Birmingham|West Midlands|9|1|45|121|B
            Manchester|Greater Manchester|8|1|35|161|M
            Leeds|West Yorkshire|6|1|20|113|LS
            Glasgow|Glasgow|7|1|46|141|G
            Liverpool|Merseyside|6|1|28|151|L
            Bristol|Bristol|5|1|16|117|BS
            Edinburgh|Edinburgh|5|1|17|131|EH"""),
        _ENGLISH_TYPES, "gmail.com hotmail.co.uk yahoo.co.uk outlook.com btinternet.com icloud.com sky.com",
        ("United Kingdom", "UK", "GB", "England"),
    ),
    Country(
        "US", "en", 0.06, "1", "USD", 5,
        _cities("""
            New York|NY|30|10001|10040|212
            Los Angeles|CA|15|90001|90068|213
            Chicago|IL|10|60601|60661|312
            Houston|TX|9|77002|77099|713
            Phoenix|AZ|6|85003|85054|602
            Miami|FL|7|33101|33190|305
            San Antonio|TX|6|78201|78261|210
            Boston|MA|5|2108|2136|617
            Seattle|WA|5|98101|98199|206"""),
        _ENGLISH_TYPES, "gmail.com yahoo.com hotmail.com outlook.com icloud.com aol.com comcast.net",
        ("United States", "US", "USA", "U.S."),
    ),
)  # fmt: skip

CODES = tuple(country.code for country in COUNTRIES)
ENGLISH = strings(country.language for country in COUNTRIES) == "en"

STREETS = {
    "es": """
    Mayor Real Nueva Sol Constitución Libertad San_José San_Juan Santa_María Cervantes Colón San_Antonio Goya Velázquez
    Alcalá Hidalgo Juárez Morelos Bolívar San_Martín Sucre Independencia Reforma Insurgentes Revolución Belgrano
    Rivadavia Mitre Sarmiento Moreno O'Higgins Prat Balmaceda Santander Nariño Caldas Ayacucho Junín Lavalle Corrientes
    Santa_Fe Providencia de_la_Paz de_las_Flores del_Carmen de_los_Reyes_Católicos del_Prado de_Andalucía de_América
    de_Aragón de_Europa Miguel_Hernández Federico_García_Lorca Antonio_Machado Rosalía_de_Castro Emilia_Pardo_Bazán
    Pablo_Neruda Gabriela_Mistral Doctor_Fleming Ramón_y_Cajal Gran_Vía Castilla León Toledo Zaragoza Valencia Sevilla
    Granada Bailén Lepanto Doctor_Marañón Rosario Esperanza Primavera Olivo Pinos Álamos Cipreses Naranjos Jazmines
    Rosales Estación Molino Fuente Huertas Padre_Damián Hermanos_Machado 20_de_Noviembre 5_de_Mayo 9_de_Julio
    25_de_Mayo 16_de_Septiembre 12_de_Octubre""", "en": """
    High Church Main Park Station London Victoria Green King's Queen's Manor Mill School Chapel North South West East
    Oak Maple Elm Cedar Pine Walnut Washington Lincoln Jefferson Madison Jackson Franklin Highland Hill Lake River
    Spring Sunset Meadow Forest Willow Cherry Chestnut Birch Ash Grove Springfield Windsor Albert Alexandra York George
    St_John's St_Mary's Cambridge Oxford Kingsway Richmond Stanley Clarence Grange Orchard Garden Woodland Broad Bridge
    Market Castle New Old_Mill Sycamore Magnolia Laurel Dogwood Hickory Juniper Prospect Union Liberty Center Second
    Third Fourth Fifth""",
}  # fmt: skip


@cache
def _streets(language: str) -> Strings:
    return strings(name.replace("_", " ") for name in STREETS[language].split())


@dataclass(frozen=True)
class Homes:
    """Where each household lives, one row a dwelling."""

    country: Ints
    city: Ints
    kind: Ints  # of street
    street: Strings
    number: Strings
    unit: Strings
    postcode: Strings

    def __getitem__(self, rows: Ints | Flags) -> Homes:
        return Homes(*(getattr(self, name)[rows] for name in self.__dataclass_fields__))


def draw_homes(rng: np.random.Generator, country: Ints) -> Homes:
    """Draw a dwelling in its country for every household.

    >>> homes = draw_homes(np.random.default_rng(1), np.array([0, 6]))
    >>> len(homes.postcode[0]), len(homes.postcode[1])
    (5, 5)
    """
    count = len(country)
    city, kind = np.zeros(count, np.int64), np.zeros(count, np.int64)
    street, number, unit, postcode = (blank(count) for _ in range(4))
    for i, place in enumerate(COUNTRIES):
        here = np.flatnonzero(country == i)
        city[here] = weighted(rng, [each.weight for each in place.cities], len(here))
        kind[here] = weighted(rng, [0.6, 0.2, 0.1, 0.1], len(here))
        street[here], number[here], unit[here] = _line(rng, place, len(here))
        postcode[here] = _postcodes(rng, place, city[here])
    return Homes(country, city, kind, street, number, unit, postcode)


def _line(rng: np.random.Generator, place: Country, count: int) -> tuple[Strings, Strings, Strings]:
    names = _streets(place.language)
    street = names[weighted(rng, zipf(len(names), shift=10, power=0.8), count)]
    number = grouped(1 + (rng.random(count) ** 2 * (140 if place.code in ("ES", "GB") else 1900)).astype(np.int64))
    flat = grouped(rng.integers(1, 9, count))
    if place.code == "CO":
        street = grouped(rng.integers(1, 130, count))
        number = "# " + grouped(rng.integers(1, 140, count)) + "-" + digits(rng.integers(1, 99, count), 2)
        return (
            street,
            number,
            np.where(rng.random(count) < 0.6, "Apto " + flat + digits(rng.integers(1, 5, count), 2), ""),
        )
    if place.language == "en":
        word = "Flat " if place.code == "GB" else "Apt "
        return street, number, np.where(rng.random(count) < 0.35, word + flat, "")
    if place.code == "ES":
        door = strings(["A", "B", "C", "D", "izq.", "dcha.", "1ª", "2ª"])[rng.integers(0, 8, count)]
        return street, number, np.where(rng.random(count) < 0.8, flat + "º " + door, "")
    word = {"MX": "Int. ", "AR": "Piso ", "CL": "Depto "}[place.code]
    return street, number, np.where(rng.random(count) < 0.5, word + flat, "")


def _postcodes(rng: np.random.Generator, place: Country, city: Ints) -> Strings:
    low, high = (np.array([each.postcodes[side] for each in place.cities])[city] for side in (0, 1))
    number = low + (rng.random(len(city)) * (high - low + 1)).astype(np.int64)
    if place.code != "GB":
        return digits(number, place.postcode_width)
    letters = strings("ABDEFGHJLNPQRSTUWXYZ")  # the letters that an inward code uses
    first, second = letters[rng.integers(0, 20, len(city))], letters[rng.integers(0, 20, len(city))]
    area = strings(each.postal_area for each in place.cities)[city]
    return np.asarray(
        area + grouped(number) + " " + digits(rng.integers(1, 10, len(city)), 1) + first + second, dtype=object
    )


def city_column(homes: Homes, attribute: str) -> Strings:
    """The `name`, `region` or `area_code` of the city of every dwelling."""
    column = blank(len(homes.city))
    for i, place in enumerate(COUNTRIES):
        here = np.flatnonzero(homes.country == i)
        column[here] = strings(getattr(each, attribute) for each in place.cities)[homes.city[here]]
    return column


def write_lines(rng: np.random.Generator, homes: Homes) -> Strings:
    """The street line of every dwelling as somebody happens to write it, with or without the unit."""
    count = len(homes.country)
    kind = blank(count)
    spelling = rng.random(count) ** 1.3
    for i, place in enumerate(COUNTRIES):
        for j, forms in enumerate(place.street_types):
            here = np.flatnonzero((homes.country == i) & (homes.kind == j))
            kind[here] = strings(forms)[(spelling[here] * len(forms)).astype(np.int64)]
    lost = rng.random(count) < 0.12
    loose = rng.random(count) < 0.2
    comma = strings([" ", ", ", " nº "])[weighted(rng, [0.6, 0.3, 0.1], count)]
    gap = np.where(rng.random(count) < 0.7, ", ", " ")
    unit = np.where(lost | (homes.unit == ""), "", gap + np.where(loose, _bare(homes.unit), homes.unit))
    english = ENGLISH[homes.country]
    colombian = homes.country == CODES.index("CO")
    hispanic = (
        kind + np.where(kind == "", "", " ") + homes.street + np.where(colombian, " ", comma) + homes.number + unit
    )
    anglo = homes.number + " " + homes.street + " " + kind + unit
    return np.asarray(np.where(english, anglo, hispanic), dtype=object)


def _bare(units: Strings) -> Strings:
    return strings(unit.replace("º", "").replace("ª", "").replace(".", "") for unit in units)
