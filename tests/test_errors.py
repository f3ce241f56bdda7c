"""An error says where it is, on one line, and survives a trip between processes."""

import pickle

import pytest

from symbackprop.errors import Fault, MissingExtra, Place, ReadError, SpecError, SymbackpropError

ACTIVATION = Place("examples/mazur.toml", 8, key="network.layers[0].activation")


@pytest.mark.parametrize(
    ("place", "text"),
    [
        (ACTIVATION, "examples/mazur.toml:8: network.layers[0].activation: no"),
        (Place("lines.tex", 3, 14), "lines.tex:3:14: no"),
        (Place("w.npz"), "w.npz: no"),
        (Place(key="training.rate"), "training.rate: no"),
        (Place(), "no"),
    ],
)
def test_an_error_reads_as_place_and_message(place, text):
    error = ReadError("no", place)
    assert str(error) == text
    assert error.place == place
    assert isinstance(error, SymbackpropError)


def test_a_spec_tells_all_its_faults_in_a_line_each():
    error = SpecError.of([(ACTIVATION, "no activation is called 'sigmiod'"), (Place(key="data"), "is missing")])
    assert str(error) == (
        "examples/mazur.toml:8: network.layers[0].activation: no activation is called 'sigmiod'\ndata: is missing"
    )
    assert error.faults == ((ACTIVATION, "no activation is called 'sigmiod'"), (Place(key="data"), "is missing"))
    assert error.place == ACTIVATION


@pytest.mark.parametrize(
    "error",
    [ReadError("no", ACTIVATION), SpecError.of([(ACTIVATION, "a"), (Place(), "b")]), MissingExtra("PDF", "pdf")],
    ids=lambda error: type(error).__name__,
)
def test_an_error_survives_a_trip_between_processes(error):
    arrived = pickle.loads(pickle.dumps(error))
    assert type(arrived) is type(error)
    assert str(arrived) == str(error)
    assert arrived.faults == error.faults


def test_no_text_from_outside_gives_orders_to_the_terminal():
    assert str(Fault(Place("a\n.toml"), "no \x1b[2J \u202e here, η is fine")) == (
        r"a\n.toml: no \x1b[2J \u202e here, η is fine"
    )


def test_a_missing_extra_says_how_to_get_it():
    assert str(MissingExtra("PDF output", "pdf")) == "PDF output needs the extra 'pdf': pip install 'symbackprop[pdf]'"
