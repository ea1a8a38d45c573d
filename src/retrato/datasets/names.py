"""Given names and surnames, Spanish and English, and how often they are drawn.

The lists are hand-written from common knowledge: names that anyone would call frequent in Spain and Latin America, and
in Britain and the United States, in roughly the order of their frequency. They copy no register. Frequencies are a
Zipf-Mandelbrot law over the position in the list, fitted to two figures a language: García 3.0 % and the twenty most
common surnames 27 % of the Spanish-speaking people (Spain: 2.98 % and 26.3 %; INE, Apellidos más frecuentes, 2024),
Smith 0.9 % and the 25 most common 13 % of the English-speaking ones (United States: 0.8 % and 8.7 %; Census Bureau,
Surnames 2010; Britain has fewer).

`classic` given names are borne at all ages, `older` ones mostly before 1970, `younger` ones after 1985. A share of the
surnames (`RARE_SHARE`) is rare: put together from syllables, so that a population of a million has the long tail of a
real one.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

import numpy as np

from retrato.datasets.formats import Ints, Strings, blank, strings, weighted, zipf

#: Share of surnames from the syllable tail, and how slowly the common ones fall off; see above for what both give.
RARE_SHARE = {"es": 0.28, "en": 0.60}
SHIFT = {"es": 4.0, "en": 12.0}


@dataclass(frozen=True)
class GivenNames:
    """The given names of one sex in one language, most frequent first."""

    classic: str
    older: str
    younger: str

    def __len__(self) -> int:
        return sum(len(_split(each)) for each in (self.classic, self.older, self.younger))


def _split(text: str) -> list[str]:
    return [word.replace("_", " ") for word in text.split()]


GIVEN: dict[tuple[str, int], GivenNames] = {
    ("es", 0): GivenNames(
        classic="""
        María Carmen Ana Laura Isabel Cristina Marta Elena Patricia Lucía Mónica Sara Paula Raquel Silvia Beatriz
        Andrea Rosa Teresa Sandra Julia Eva Alicia Claudia Irene Victoria Carolina Gabriela Adriana Verónica Alejandra
        Natalia Diana Inés Miriam Lorena Noelia Susana Rocío Nuria Margarita Yolanda Esther Ángela Olga Sonia Daniela
        Cecilia Virginia Lidia Marina Blanca Mariana Paola Celia Leticia Gloria Clara Amparo Lourdes Miriam_Elena
        Fátima Viviana Karina Marcela Ana_María María_José María_Jesús Ana_Belén María_Teresa María_Isabel María_Elena
        María_Fernanda María_Victoria Ana_Isabel Rosa_María María_Luisa María_Mercedes María_de_los_Ángeles Luz_Marina
        María_del_Mar""",
        older="""
        Josefa Dolores Pilar Francisca Antonia Mercedes Concepción Encarnación Guadalupe Rosario Manuela Juana Consuelo
        Milagros Montserrat Ángeles Catalina Esperanza Soledad Purificación Ramona Emilia Carlota Inmaculada Asunción
        Remedios Graciela Norma Hortensia Elvira Matilde Ofelia Josefina Amalia María_del_Carmen María_Dolores
        María_Pilar María_Antonia María_Rosa María_Concepción Luisa Vicenta Felisa Berta""",
        younger="""
        Valentina Sofía Martina Camila Valeria Ximena Carla Alba Noa Daniela_Alejandra Aitana Candela Vega Renata Emma
        Jimena Ariadna Leire Ainhoa Nerea Tatiana Jazmín Antonella Fernanda Isidora Catalina_Andrea Abril Luna Mía Salma
        Julieta Regina Milena Yesenia Brenda Constanza Macarena Tamara Itziar Romina Nayara""",
    ),
    ("es", 1): GivenNames(
        classic="""
        José Antonio Juan Manuel Carlos David Javier Miguel Luis Francisco Daniel Pedro Alejandro Jesús Fernando Rafael
        Jorge Pablo Sergio Alberto Ángel Diego Andrés Roberto Ricardo Eduardo Víctor Óscar Mario Raúl Enrique Rubén
        Santiago Ignacio Joaquín Gabriel Martín Jaime Ramón Héctor César Guillermo Marcos Iván Félix Gonzalo Hugo Julio
        Salvador Felipe Xavier Nicolás Tomás Emilio Armando Gustavo Marcelo Esteban Rodrigo Mauricio Cristian Gerardo
        Arturo José_Luis José_Antonio Juan_Carlos José_Manuel Francisco_Javier Juan_José Miguel_Ángel Luis_Alberto
        Juan_Antonio José_María Juan_Manuel Carlos_Alberto Víctor_Manuel José_Miguel Luis_Fernando Marco_Antonio
        Jorge_Luis""",
        older="""
        Vicente Alfonso Agustín Domingo Gregorio Lorenzo Julián Eugenio Ernesto Alfredo Benito Cayetano Celestino
        Bartolomé Evaristo Rogelio Anselmo Florencio Leopoldo Horacio Rubén_Darío Osvaldo Néstor Oswaldo Fermín Isidro
        Marcelino Mariano Aurelio Jacinto Pascual Bernardo Saturnino Heriberto Efraín Humberto Fidel Ubaldo""",
        younger="""
        Mateo Sebastián Álvaro Adrián Lucas Leo Bruno Thiago Emiliano Santino Maximiliano Matías Samuel Joel Izan Gael
        Iker Aitor Unai Ismael Jonathan Kevin Brayan Cristóbal Vicente_Ignacio Benjamín Facundo Ezequiel Nahuel Lautaro
        Dylan Axel Isaac Aarón Saúl Abel Dario Marc Pol Arnau Biel Asier Rayan Yeray""",
    ),
    ("en", 0): GivenNames(
        classic="""
        Mary Sarah Elizabeth Jennifer Emma Jessica Laura Karen Lisa Michelle Susan Rebecca Amanda Claire Rachel Helen
        Nicole Anna Katherine Kate Louise Samantha Victoria Catherine Julie Jane Angela Melissa Stephanie Christine
        Alison Natalie Hannah Amy Kelly Heather Andrea Emily Joanne Tracy Fiona Caroline Jacqueline Diana Alexandra
        Julia Deborah Vanessa Teresa Monica Veronica Leah Kimberly Allison Priya Fatima Maria Ana Zoe Naomi Miriam
        Sharon Lynn Gemma Holly Kirsty Rosie Eve Martha Nadia""",
        older="""
        Margaret Patricia Barbara Linda Dorothy Shirley Carol Joan Jean Betty Nancy Maureen Sheila Brenda Beryl Edith
        Marjorie Gladys Eileen Joyce Judith Irene Doris Ruth Hilda Valerie Pauline Donna Gloria Frances Janet Pamela
        Sandra Rosemary Constance Norma Evelyn Phyllis""",
        younger="""
        Olivia Amelia Isla Ava Mia Sophia Isabella Charlotte Harper Madison Chloe Ella Grace Lily Freya Poppy Abigail
        Ashley Brittany Lauren Taylor Megan Paige Jade Courtney Kayla Alyssa Savannah Brooke Scarlett Zara Aaliyah
        Imogen Phoebe Daisy Hailey Morgan Skye""",
    ),
    ("en", 1): GivenNames(
        classic="""
        John James Michael David Robert William Thomas Richard Christopher Daniel Matthew Andrew Joseph Mark Paul
        Anthony Steven Stephen Peter Edward Simon Alexander Benjamin Samuel Nicholas Jonathan Timothy Charles George
        Patrick Adam Kevin Brian Jason Jeffrey Gary Eric Scott Philip Martin Neil Ian Stuart Craig Alan Gregory Raymond
        Lawrence Henry Luke Sean Nathan Carl Douglas Keith Vincent Francis Mohammed Ali Imran Raj José Luis Carlos
        Duncan Graham Russell Edwin Hugh Oscar Victor Walter""",
        older="""
        Kenneth Ronald Donald Frank Harold Albert Arthur Ernest Stanley Leonard Norman Dennis Derek Roy Gerald Ralph
        Eugene Howard Cyril Roger Barry Clifford Leslie Herbert Sidney Frederick Trevor Malcolm Jerry Wayne Larry
        Bernard Maurice Clive Nigel Terence Gordon Reginald""",
        younger="""
        Oliver Noah Liam Ethan Mason Logan Jacob Jack Harry Alfie Archie Leo Theo Muhammad Joshua Ryan Tyler Brandon
        Austin Jordan Callum Connor Kyle Cameron Aidan Dylan Hunter Jayden Caleb Isaac Elijah Finley Reece Toby Kieran
        Zachary Jaxon Ellis""",
    ),
}

SURNAMES = {
    "es": """
    García Rodríguez González Fernández López Martínez Sánchez Pérez Gómez Martín Hernández Jiménez Díaz Ruiz Moreno
    Muñoz Álvarez Romero Gutiérrez Alonso Torres Navarro Ramírez Domínguez Ramos Vázquez Flores Castro Gil Serrano
    Morales Ortiz Molina Ortega Delgado Rubio Suárez Marín Medina Iglesias Rojas Castillo Cruz Reyes Vargas Cortés
    Santos Guerrero Lozano Cano Méndez Silva Herrera Aguilar Núñez Rivera Peña Prieto Mendoza Garrido Campos Cabrera
    Vega León Calvo Vidal Fuentes Contreras Santana Ibáñez Mora Carrasco Gallego Nieto Reyna Soto Giménez Caballero
    Pascual Herrero Hidalgo Lorenzo Santiago Durán Benítez Vicente Ferrer Arias Mora Crespo Esteban Carmona Roca Bravo
    Pastor Román Sáez Soler Velasco Parra Moya Franco Gallardo Espinoza Rivas Rivero Pineda Acosta Salazar Mejía Ríos
    Valencia Cárdenas Escobar Ospina Restrepo Quintero Zapata Sepúlveda Muñiz Figueroa Valenzuela Araya Tapia Sandoval
    Pizarro Riquelme Bustos Cáceres Ojeda Ledesma Sosa Aguirre Cardozo Villalba Ponce Luna Juárez Villarreal Estrada
    Ávila Cervantes Guzmán Maldonado Orozco Zamora Montoya Barrera Trejo Salinas Robles Camacho Bautista Lara Solís
    Montes Miranda Padilla Cordero Pacheco Blanco Redondo Merino Vera Otero Pardo Segura Bermúdez Arroyo Aranda Varela
    Rey Beltrán Galán Expósito Andrade Ayala Abad Aparicio Villanueva Izquierdo Sierra Marcos Rosales Bernal Esquivel
    Palacios Correa Toledo Quiroga Ferreyra Peralta Godoy Paz Barrios Leiva Olivares Espinosa Henríquez Alarcón
    Saavedra Carrillo Trujillo Granados Valdés Casas Puig Serra Vila Font Etxeberria Aguirrebengoa Goñi Zabala Urrutia
    Echeverría Otxoa Pons Mas Rius Seoane Castaño Souto Lamas de_la_Cruz de_la_Fuente del_Río de_León de_la_Torre
    de_los_Santos del_Castillo de_Miguel del_Valle de_la_Rosa de_la_Vega Ponce_de_León de_Dios Montes_de_Oca San_Martín
    Sáenz_de_Tejada""",
    "en": """
    Smith Jones Williams Brown Taylor Johnson Davies Wilson Miller Davis Evans Thomas Anderson Roberts Walker Wright
    Thompson White Robinson Hall Green Wood Harris Lewis Martin Jackson Clarke Clark Turner Hill Moore Cooper Ward King
    Watson Morris Baker Harrison Morgan Patel Young Allen Mitchell James Parker Scott Lee Phillips Bennett Cook Shaw
    Griffiths Collins Hughes Edwards Carter Bailey Bell Murphy Khan Cox Richardson Marshall Ali Simpson Ellis Adams
    Wilkinson Campbell Foster Chapman Mason Rogers Gray Hunt Russell Mills Stevens Stewart Webb Knight Matthews Barnes
    Palmer Kelly Powell Butler Lloyd Holmes Fisher Reynolds Gibson Barker Ford Graham Murray Nguyen Garcia Martinez
    Rodriguez Hernandez Lopez Gonzalez Perez Torres Ramirez Flores Rivera Gomez Nelson Hayes Wallace Long Sanders Price
    Ross Coleman Jenkins Perry Brooks Howard Peterson Hamilton Alexander Sullivan Bryant Griffin Hawkins Woods Fox
    Dixon Burns Gordon Hart Harvey McDonald Macdonald O'Brien O'Connor O'Neill Fitzgerald McCarthy McKenzie Cameron
    Fraser Reid Henderson Paterson Kerr Duncan Ferguson Begum Hussain Ahmed Shah Singh Kaur Chowdhury Rahman Chen Wang
    Kim Cohen Levy Schmidt Schneider Weber Hoffman Fleming Lawson Lawrence Austin Boyd Burke Carr Cole Crawford
    Cunningham Dean Elliott Fletcher Gardner Gilbert Goodwin Grant Greene Hansen Harper Hicks Holland Hopkins Hudson
    Ingram Jacobs Jordan Kennedy Lane Larson Lowe Lynch Mann Marsh May Nash Newman Nichols Norris Osborne Owen Page
    Payne Pearson Porter Potter Rhodes Rice Rowe Saunders Sharp Spencer Stone Sutton Tucker Vaughan Wade Walsh Warren
    Watts Webster Welch Wells West Wheeler Whitfield Winter Yates""",
}

_SYLLABLES = {
    "es": (
        """Al Ar Bal Bar Be Bol Bu Ca Can Car Ce Co Cor Es Fa Fi Gal Go Gra Gua Hi Hon In Iz La Le Lin Lo Ma Mal Man Mi
        Mon Na O Or Pa Pe Pi Po Qui Ra Re Ro Sal San Se Ta Te To Tri U Val Ven Vi Vil Ye Za Zu""",
        "a ba ca ce da de do ga gui la le li lo ma me mo na ni no ra re ri ro sa ta te ti to va ve vi za",
        """ches da dera do dón galde garay guez ja jón lano lar les llo llas lén mar mendi món nal nedo nes nza rán rdo
        res rez ria rín rra rrero rte sar sco sta tegui ter tia tín ño ques yo zar zo""",
    ),
    "en": (
        """Ack Al Ash Bar Beck Black Brad Brain Bran Brom Broad Buck Cald Chad Clay Col Crom Dal Den Dray El Fair Farn
        Glad Grim Had Hal Haw Hazel Hol Kil Kim Lang Lin Lock Mal Mar Mid Nor Oak Pem Pres Rad Red Rock Shel Sher Stan
        Stock Thorn Tre Wake Wal War Wes Whit Wil Win Wood York""",
        "a den ding e en er in ing l le ling na ning o s sing ter ting well y",
        """bourne bridge brook burn bury by combe cote croft dale don field ford gate grave ham head hill holt hurst
        land ley low man mere more ness ridge shaw son stead stone ton tree wall water way well wick wood worth""",
    ),
}


@cache
def _given(language: str, sex: int) -> tuple[Strings, list[int]]:
    names = GIVEN[language, sex]
    parts = [_split(each) for each in (names.classic, names.older, names.younger)]
    return strings(name for part in parts for name in part), [len(part) for part in parts]


def draw_given(rng: np.random.Generator, language: str, sex: int, years: Ints) -> Strings:
    """Draw a given name for everyone of one sex, by the year of birth.

    >>> rng = np.random.default_rng(1)
    >>> len(draw_given(rng, "es", 0, np.array([1950, 2001])))
    2
    """
    pool, sizes = _given(language, sex)
    bounds = np.cumsum([0, *sizes])
    cohort = np.where(years < 1970, 1, np.where(years > 1985, 2, 0))
    classic = rng.random(len(years)) < np.where(cohort == 0, 0.9, 0.6)
    cohort = np.where(classic, 0, np.where(cohort == 0, rng.integers(1, 3, len(years)), cohort))
    names = blank(len(years))
    for group, size in enumerate(sizes):
        here = np.flatnonzero(cohort == group)
        names[here] = pool[bounds[group] + weighted(rng, zipf(size), len(here))]
    return names


@cache
def surname_pool(language: str) -> Strings:
    """The common surnames of a language, most frequent first."""
    return strings(dict.fromkeys(_split(SURNAMES[language])))


def rare_surnames(rng: np.random.Generator, language: str, count: int) -> Strings:
    """Draw surnames of the long tail: two or three syllables, tens of thousands of them, none frequent."""
    heads, middles, tails = (strings(part.split()) for part in _SYLLABLES[language])
    first = heads[weighted(rng, zipf(len(heads), shift=6), count)]
    middle = middles[weighted(rng, zipf(len(middles), shift=6), count)]
    last = tails[weighted(rng, zipf(len(tails), shift=6), count)]
    long = rng.random(count) < (0.9 if language == "es" else 0.25)
    return np.asarray(first + np.where(long, middle, "") + last, dtype=object)


def draw_surname(rng: np.random.Generator, language: str, count: int) -> Strings:
    """Draw a surname for everyone: common ones by a Zipf law, the rest from the tail; a few double English ones.

    >>> draw_surname(np.random.default_rng(5), "es", 400).tolist().count("García") > 4
    True
    """
    pool = surname_pool(language)
    weights = zipf(len(pool), shift=SHIFT[language])
    names = pool[weighted(rng, weights, count)]
    rare = np.flatnonzero(rng.random(count) < RARE_SHARE[language])
    names[rare] = rare_surnames(rng, language, len(rare))
    if language == "en":
        double = np.flatnonzero(rng.random(count) < 0.02)
        names[double] = names[double] + "-" + pool[weighted(rng, weights, len(double))]
    return names


#: What people are called instead, by full given name. Several nicknames are separated by a bar.
NICKNAMES = {
    "es": """
    José=Pepe|Pepe|Chepe Francisco=Paco|Curro|Pancho|Fran Guadalupe=Lupita|Lupe Dolores=Lola|Loli
    Concepción=Concha|Conchi Jesús=Chus|Suso|Chuy Ignacio=Nacho Antonio=Toni|Toño Manuel=Manolo|Manu Rafael=Rafa
    Javier=Javi Daniel=Dani David=Davi Alejandro=Alex|Jandro|Ale Fernando=Nando|Fer Sergio=Checo Pablo=Pablito
    Alberto=Beto|Berto Roberto=Rober|Beto Eduardo=Edu|Lalo Enrique=Quique|Kike Santiago=Santi|Chago Joaquín=Quino|Ximo
    Guillermo=Guille|Memo Gonzalo=Gonza|Chalo Vicente=Chente Luis=Lucho Carlos=Charly|Carlitos Miguel=Migue
    Ramón=Moncho Pedro=Perico|Pedrito Mercedes=Merche Rosario=Charo|Chayo Pilar=Pili María=Mari|Maru Josefa=Pepa|Fina
    Josefina=Fina Isabel=Isa|Chabela Teresa=Tere|Maite Cristina=Cris|Tina Patricia=Patri|Paty Beatriz=Bea|Bety
    Lucía=Lucy|Luci Elena=Nena Alicia=Ali Natalia=Nati|Naty Gabriela=Gaby|Gabi Alejandra=Ale|Sandra Verónica=Vero
    Adriana=Adri Victoria=Vicky Carolina=Caro Mónica=Moni Laura=Lau Susana=Susi Encarnación=Encarna Montserrat=Montse
    Inmaculada=Inma Milagros=Mila Consuelo=Chelo Antonia=Toñi Francisca=Paca|Paqui Ángeles=Geles Sofía=Sofi
    Valentina=Vale Valeria=Vale Camila=Cami Fernanda=Fer Sebastián=Sebas Andrés=Andy Matías=Mati Nicolás=Nico
    Benjamín=Benja Maximiliano=Maxi Álvaro=Varo Hortensia=Tencha Graciela=Chela José_Luis=Pepelu|José
    José_María=Chema|Josema José_Antonio=Pepe|Josean José_Manuel=Josema|Pepe Juan_Carlos=Juanca
    Francisco_Javier=Fran|Paco|Javi Miguel_Ángel=Miguel|Migue Juan_José=Juanjo Juan_Manuel=Juanma
    Luis_Alberto=Beto|Luis María_José=Mariajo|Pepa María_Teresa=Maite|Tere María_Jesús=Chus
    María_del_Carmen=Mamen|Carmen|Mari_Carmen María_Dolores=Lola|Loli María_Isabel=Maribel|Isa María_Luisa=Marisa
    Ana_María=Anamari|Ana Ana_Belén=Belén María_Fernanda=Mafer María_Pilar=Pili María_Victoria=Mariví|Vicky
    Rosa_María=Rosa|Rosi María_Elena=Malena María_Concepción=Conchi Marco_Antonio=Marco|Toño Víctor_Manuel=Víctor
    Jorge_Luis=Jorge Luis_Fernando=Luisfer""",
    "en": """
    Robert=Bob|Rob|Bobby William=Bill|Will|Billy Richard=Rick|Dick|Rich James=Jim|Jimmy|Jamie John=Jack|Johnny
    Michael=Mike|Mick David=Dave Thomas=Tom|Tommy Christopher=Chris Daniel=Dan|Danny Matthew=Matt Andrew=Andy|Drew
    Joseph=Joe|Joey Anthony=Tony Steven=Steve Stephen=Steve Peter=Pete Edward=Ed|Ted|Eddie Simon=Si
    Alexander=Alex|Sandy Benjamin=Ben Samuel=Sam Nicholas=Nick Jonathan=Jon|Jonny Timothy=Tim Charles=Charlie|Chuck
    Patrick=Pat|Paddy Jeffrey=Jeff Philip=Phil Gregory=Greg Raymond=Ray Lawrence=Larry Henry=Harry|Hank Nathan=Nate
    Douglas=Doug Vincent=Vince Frederick=Fred Kenneth=Ken Ronald=Ron Donald=Don Albert=Bert Leonard=Len Gerald=Gerry
    Joshua=Josh Zachary=Zach Walter=Walt Elizabeth=Liz|Beth|Betty|Lizzie Margaret=Maggie|Peggy|Meg
    Katherine=Kathy|Kate|Katie Catherine=Cathy|Cath Jennifer=Jen|Jenny Rebecca=Becky|Becca Susan=Sue|Susie Jessica=Jess
    Samantha=Sam Victoria=Vicky|Tori Patricia=Pat|Trish|Patty Deborah=Debbie|Deb Barbara=Barb|Babs
    Christine=Chris|Chrissie Stephanie=Steph Amanda=Mandy Melissa=Mel Michelle=Shelly Jacqueline=Jackie Angela=Angie
    Alexandra=Alex|Lexi Kimberly=Kim Dorothy=Dot|Dottie Judith=Judy Sandra=Sandy Pamela=Pam Frances=Fran Janet=Jan
    Constance=Connie Theresa=Terry Teresa=Terri Isabella=Bella Abigail=Abby Madison=Maddie Charlotte=Lottie|Charlie
    Olivia=Liv Amelia=Millie Emily=Em|Emmy Nicole=Nicky Natalie=Nat Alison=Ali Allison=Ali Megan=Meg Lauren=Loz
    Savannah=Sav Mohammed=Mo Muhammad=Mo""",
}


@cache
def nicknames(language: str) -> dict[str, list[str]]:
    """The nicknames of a language, by given name.

    >>> nicknames("en")["Robert"]
    ['Bob', 'Rob', 'Bobby']
    """
    pairs = (entry.split("=") for entry in NICKNAMES[language].split())
    return {name.replace("_", " "): _split(forms.replace("|", " ")) for name, forms in pairs}
