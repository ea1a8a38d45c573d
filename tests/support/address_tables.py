"""Tables of invented addresses in the columns that customers' data has, in order and out of order."""

from __future__ import annotations

import random

import pyarrow as pa

_BLANKS = str.maketrans("_^", " \t")


def _texts(block: str) -> list[str | None]:
    """The texts of a block, with `_` for a blank, `^` for a tab, `!` for an empty text, `~` for none at all."""
    return [None if each == "~" else "" if each == "!" else each.translate(_BLANKS) for each in block.split()]


_KINDS = _texts("""
    Calle C/ c/ Avda. Av. P.º Plaza Pza. Ctra. Cra. Cl. Jr. Rua Urb. Pol. Ruta AK Carrer
""")
_NAMES = _texts("""
    Mayor de_la_Paz Doctor_Fleming Dr._Fleming 9_de_Julio 5_de_Mayo 45 100 43A 26_Sur Ñuñoa Sta._Ana Mª_Cruz
    Nueva_Puerta_del_Sol N-340 Oak N_Main 5th Fifth St_Albans King's County X Los_Olmos Über L'Hospitalet
    Sol_y_Mar Gran_Vía Centro Park Torre d'en_Bas Hauptstr. Málaga,_Este
""")
_SUFFIXES = _texts("""
    Street St St. Road Rd Avenue Ave_NW Lane Highway_71 Park_Place Court Close ! !
""")
_NUMBERS = _texts("""
    3 12 nº_7 n_7 #12 #_12-34 No._5A-113 12-14 12_bis 12B s/n S/N km_12 1234 km._3,5 12345 2/10 123_1/2
    No._Ext._12 ½ 1.234 ٣ !
""")
_UNITS = _texts("""
    ! ! 2º_izq. 3ºA piso_2_pta._B Esc._A,_3º_B Apt_4B Apto_502 Flat_2 bajo Int._4 local_3 e/_20_y_21
    entre_Sol_y_Luna x_20_y_22 Torre_B_Of._1201 Mz_B_Lote_14 4to_B 2nd_Floor PB P.2_Pta.B Edif._Norte
""")
_PLACES = _texts("""
    ! ! ! 28013_Madrid 28013_Madrid_(Madrid) Madrid Col._Centro Col._Centro,_06600_CDMX Springfield,_IL_62704
    London_SW1A_2AA London,_SW1A_2AA,_UK C1043AAZ_Buenos_Aires São_Paulo_-_SP,_01304-001 Lima_27 Centro
    C.P._44100,_Guadalajara,_Jalisco,_México Bogotá,_Colombia Urb._Los_Olmos España 4000-447_Porto Roma_RM,_Italia
""")
_ODD = _texts("""
    ~ ! _ n/a sin_datos - s/n , Madrid P.O._Box_9 Apartado_de_correos_12 Edificio_Sol Calle_"Sol"_3 Calle^Mayor_3
    Calle__Mayor_3 calle_sol_3_ 12_李_Street Calle_Mayor_3_28013_Madrid E/N c/ Rose_Cottage,_Church_Lane
    2/1,_34_Byres_Road Flat_3_Oak_Court,_12_Elm_Road The_Maltings,_3_Mill_Lane ,_Calle_Mayor_3 Calle_Sol_3;Madrid
""")
_COLUMNS = {
    "street_number": _texts("""
    ~ ~ ~ 3 3.0 12_B nº_7 s/n #_12-34 n/a - 12
    """),
    "line2": _texts("""
    ~ ~ ~ 2º_izq Apt_4 alroy_circuit Col._Centro delmar n/a ! Edif._Sol
    """),
    "unit": _texts("""
    ~ ~ ~ 4B piso_2 2º__B - sin_datos
    """),
    "postcode": _texts("""
    ~ 28013 8013 8013.0 SW1A_1AA sw1a1aa 62704-1234 C1043AAZ 00000 n/a E-08013 99123
    """),
    "city": _texts("""
    ~ Madrid Coruña_(A) St._Albans _NYC_ CDMX n/a La_"Villa" Bogotá_D.C. 李
    """),
    "region": _texts("""
    ~ Madrid CA Comunidad_de_Madrid Q._Roo - desconocido
    """),
    "country": _texts("""
    ~ ~ España US Reino_Unido Atlantis n/a Brasil _mx_
    """),
}


def address_table(count: int, *, seed: int = 0, columns: bool = True) -> pa.Table:
    """A table of addresses with one column a part; without `columns` of one-line addresses alone."""
    rng = random.Random(seed)
    table = {"full": [_line(rng) for _ in range(count)]}
    if columns:
        used = {name: rng.sample(texts, rng.randint(1, len(texts))) for name, texts in _COLUMNS.items()}
        table |= {name: [rng.choice(texts) for _ in range(count)] for name, texts in used.items()}
    return pa.table({name: pa.array(texts, pa.string()) for name, texts in table.items()})


def _line(rng: random.Random) -> str | None:
    if rng.random() < 0.1:
        return rng.choice(_ODD)
    name, number, unit, place = (rng.choice(texts) or "" for texts in (_NAMES, _NUMBERS, _UNITS, _PLACES))
    gap = rng.choice((" ", ", ", " - ", ","))
    if rng.random() < 0.5:
        street = f"{rng.choice(_KINDS)} {name}{rng.choice((' ', ', ', ' nº '))}{number}"
    else:
        street = f"{number} {name} {rng.choice(_SUFFIXES)}"
    pieces = [unit, street] if unit and rng.random() < 0.1 else [street, unit]
    line = gap.join(piece.strip() for piece in pieces if piece.strip())
    line = f"{line}, {place}" if place else line
    return rng.choice((line, line, line, line.upper(), line.lower()))
