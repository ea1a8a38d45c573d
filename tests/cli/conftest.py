"""A small world for the command line: two exports of records, one of calls, and a result of them."""

import pytest
from typer.testing import CliRunner

from retrato.cli import app

CRM = """id;nombre;apellidos;telefono;email;dni;alta
1;José;Muñoz García;600 11 22 33;jose@example.com;12345678Z;2024-01-05
2;Lucía;Pérez Ruiz;600 44 55 66;lucia@example.com;87654321X;2024-02-05
3;Íñigo;Núñez Soto;600 77 88 99;inigo@example.com;11111111H;2024-03-05
"""
WEB = """uid,first name,last name,e-mail,document,created at
a1,Jose,Munoz Garcia,jose@example.com,12345678Z,2024-04-01
a2,Marta,Gil,marta@example.com,,2024-04-02
"""
CALLS = """call_id,started at,type,phone,agent
c1,2024-05-02 09:30:00,call,600112233,Eva
c2,2024-05-03 10:00:00,call,699999888,Eva
"""
TRUTH = """source,record_key,person_id
crm,1,jose
crm,2,lucia
crm,3,inigo
web,a1,jose
web,a2,marta
"""


@pytest.fixture
def cli():
    """Run the command line in this process: `cli("resolve", path, "--out", folder)`."""
    return lambda *arguments: CliRunner().invoke(app, [str(each) for each in arguments])


@pytest.fixture(scope="session")
def exports(tmp_path_factory):
    """A folder with `crm.csv`, `web.csv`, `calls.csv` and `truth.csv`."""
    folder = tmp_path_factory.mktemp("exports")
    for name, text in (("crm", CRM), ("web", WEB), ("calls", CALLS), ("truth", TRUTH)):
        (folder / f"{name}.csv").write_text(text, encoding="utf-8")
    return folder


@pytest.fixture(scope="session")
def run_options(exports):
    """The arguments that resolve the exports."""
    return ("resolve", exports / "crm.csv", exports / "web.csv", "--events", exports / "calls.csv", "--region", "ES")


@pytest.fixture(scope="session")
def result(run_options, tmp_path_factory):
    """The folder of the result of the exports; not to be changed."""
    out = tmp_path_factory.mktemp("result") / "Año"
    done = CliRunner().invoke(app, [*map(str, run_options), "--out", str(out)])
    assert done.exit_code == 0, done.output
    return out
