"""Results on disk and merged: whole or not at all, equal to what was saved, and nothing joined that does not belong."""

from __future__ import annotations

import io
import itertools
import json
import os
import pickle
import zipfile
from pathlib import Path

import attrs
import numpy as np
import plants
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import avtosim as av
from avtosim.chance.streams import BLOCK

TRAP = Path(__file__).with_name("sprung")


def plain() -> av.Scenario:
    """Build a plant small enough to be run very often."""
    stops = av.Stops(per_year=3, duration=av.Exponential(mean=1))
    return plants.one_vehicle(partner={"fill_rate": 0.8, "stops": stops}, targets=(9, 8.5))


def assert_same(one: av.Result, other: av.Result, *, origin: bool = True) -> None:
    """Two results agree in every bit and every word."""
    assert np.array_equal(one.annual, other.annual)
    assert one.record.keys() == other.record.keys()
    for name, ours in one.record.items():
        theirs = other.record[name]
        assert ours.dtype == theirs.dtype, name
        assert np.array_equal(ours, theirs), name
    for name in ("targets", "axes", "labels", "partner_of", "scheduled"):
        assert getattr(one, name) == getattr(other, name), name
    if origin:
        assert one.run_info == other.run_info
        assert str(one) == str(other)


@pytest.mark.parametrize("keep", ["totals", "breakdown", "months", "flows"])
@pytest.mark.parametrize("design", [av.Plain(), av.Antithetic(), av.LatinHypercube(8), av.Sobol(8)], ids=str)
def test_a_result_comes_back_as_it_was(tmp_path: Path, keep: str, design: object) -> None:
    """What is loaded equals what was saved, bit for bit and word for word, whatever was kept."""
    made = av.simulate(plants.busy(), runs=64, seed=2**70 + 5, keep=keep, design=design)
    made.save(tmp_path / "a.npz")
    back = av.Result.load(tmp_path / "a.npz")
    assert_same(made, back)
    assert back.chance(20_000) == made.chance(20_000)


def test_the_scenario_comes_back_with_its_result(tmp_path: Path) -> None:
    """The scenario text in a file reads as the scenario that made it."""
    june = av.load("avtotor-2024-06")
    av.simulate(june, runs=3).save(tmp_path / "a.npz")
    assert av.loads(av.Result.load(tmp_path / "a.npz").run_info.scenario) == june


def test_a_result_says_why_it_stopped_when_it_comes_back(tmp_path: Path) -> None:
    """A result of runs until a precision keeps its reason on disk."""
    made = av.simulate(plain(), precision=0.2, seed=1)
    made.save(tmp_path / "a.npz")
    assert_same(made, av.Result.load(tmp_path / "a.npz"))
    assert "within" in av.Result.load(tmp_path / "a.npz").run_info.stopped


def test_names_of_any_kind_come_back(tmp_path: Path) -> None:
    """Names in other scripts, and paths given as text, are no obstacle; the file has the name that was asked for."""
    scenario = attrs.evolve(plain(), name="Завод «Автотор» <2024>")
    path = os.fspath(tmp_path / "год 2024")
    av.simulate(scenario, runs=8).save(path)
    assert av.Result.load(path).run_info.title == scenario.name
    assert [file.name for file in tmp_path.iterdir()] == ["год 2024"]


def test_the_file_is_numpys_own(tmp_path: Path) -> None:
    """Numpy alone reads the arrays, without leave to run pickled code."""
    made = av.simulate(plain(), runs=20)
    made.save(tmp_path / "a.npz")
    with np.load(tmp_path / "a.npz", allow_pickle=False) as file:
        assert np.array_equal(file["annual"], made.annual)
        assert json.loads(file["words"].tobytes())["run_info"]["seed"] == 0


def test_a_write_that_fails_leaves_the_old_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A file is written whole or not at all: where writing fails the old one stands, and nothing lies beside it."""
    first, second = (av.simulate(plain(), runs=20, seed=seed) for seed in (1, 2))
    path = tmp_path / "a.npz"
    first.save(path)

    def full(_: int) -> None:
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patch:
        patch.setattr(os, "fsync", full)
        with pytest.raises(OSError, match="No space left"):
            second.save(path)
    assert_same(first, av.Result.load(path))
    assert list(tmp_path.iterdir()) == [path]
    second.save(path)
    assert_same(second, av.Result.load(path))


def test_a_folder_that_is_not_there_is_told(tmp_path: Path) -> None:
    """Saving into a folder that does not exist, and loading what does not exist, name the path."""
    with pytest.raises(OSError, match="nowhere"):
        av.simulate(plain(), runs=8).save(tmp_path / "nowhere" / "a.npz")
    for missing in ("a.npz", "."):
        with pytest.raises(FileNotFoundError, match="there is no such file; a result is written with"):
            av.Result.load(tmp_path / missing)


@pytest.fixture(scope="module")
def content(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    """Bytes of a saved result."""
    path = tmp_path_factory.mktemp("saved") / "a.npz"
    av.simulate(plain(), runs=4).save(path)
    return path.read_bytes()


def refused(path: Path, content: bytes) -> None:
    """Loading gives one clear error, and springs no trap."""
    path.write_bytes(content)
    with pytest.raises(ValueError, match="must be a result that avtosim saved") as caught:
        av.Result.load(path)
    assert str(path) in str(caught.value)
    assert not TRAP.exists()


def test_a_file_cut_short_is_refused(tmp_path: Path, content: bytes) -> None:
    """Cut anywhere, a file is refused."""
    for size in (*range(60), *range(60, len(content), 23), len(content) - 1):
        refused(tmp_path / "cut.npz", content[:size])


def test_a_damaged_file_is_refused_or_comes_back_whole(tmp_path: Path, content: bytes) -> None:
    """With any byte spoilt, a file is refused with one clear error, or the damage lay where nothing is said."""
    path = tmp_path / "spoilt.npz"
    path.write_bytes(content)
    whole = av.Result.load(path)
    harmless = tried = 0
    directory = content.index(b"PK\x01\x02")
    for at in range(len(content)):
        # All over the arrays one bit each; more where the archive says what it holds.
        for flip in (0x01, 0x40, 0xFF) if at < 64 or at >= directory else (1 << at % 8,):
            spoilt = bytearray(content)
            spoilt[at] ^= flip
            path.write_bytes(spoilt)
            tried += 1
            try:
                assert_same(av.Result.load(path), whole)
            except ValueError as error:
                assert "must be a result that avtosim saved" in str(error), (at, flip, error)  # noqa: PT017
            else:
                harmless += 1
    assert harmless < 0.5 * tried


class Sprung:
    """Unpickling this writes a file."""

    def __reduce__(self) -> tuple[object, tuple[str]]:
        return (os.mkdir, (str(TRAP),))


def foreign() -> dict[str, bytes]:
    """Files that are no results."""
    made: dict[str, bytes] = {"empty": b"", "text": b"1,2\n3,4\n", "pickle": pickle.dumps(Sprung())}

    def numpys(write: object) -> bytes:
        buffer = io.BytesIO()
        write(buffer)
        return buffer.getvalue()

    made["array"] = numpys(lambda file: np.save(file, np.zeros(3)))
    made["arrays"] = numpys(lambda file: np.savez(file, annual=np.zeros(3)))
    made["pickled array"] = numpys(lambda file: np.savez(file, words=np.array([Sprung()], dtype=object)))
    other = np.frombuffer(json.dumps({"format": "another"}).encode(), dtype=np.uint8)
    made["another format"] = numpys(lambda file: np.savez(file, words=other, annual=np.zeros(3)))
    listed = np.frombuffer(b"[1, 2]", dtype=np.uint8)
    made["a list"] = numpys(lambda file: np.savez(file, words=listed, annual=np.zeros(3)))

    def zipped(file: io.BytesIO) -> None:
        with zipfile.ZipFile(file, "w") as archive:
            archive.writestr("words", b"not an array")

    made["an archive"] = numpys(zipped)
    return made


@pytest.mark.parametrize("kind", foreign())
def test_a_foreign_file_is_refused(tmp_path: Path, kind: str) -> None:
    """What avtosim did not save gives one clear error, and no code in it is run."""
    refused(tmp_path / "foreign.npz", foreign()[kind])


def rewritten(content: bytes, *, without: str = "", words: dict | None = None, **arrays: np.ndarray) -> bytes:
    """Return a saved result with some of its arrays and words replaced."""
    with np.load(io.BytesIO(content)) as file:
        every = {name: file[name] for name in file.files if name != without} | arrays
    said = json.loads(every["words"].tobytes()) | (words or {})
    said = {name: value for name, value in said.items() if name != without}
    said["arrays"] = sorted(every.keys() - {"words"})
    every["words"] = np.frombuffer(json.dumps(said).encode(), dtype=np.uint8)
    buffer = io.BytesIO()
    np.savez(buffer, **every)
    return buffer.getvalue()


@pytest.mark.parametrize(
    "change",
    [
        {"without": "annual"},
        {"without": "run_info"},
        {"without": "targets"},
        {"without": "format"},
        {"annual": np.zeros((2, 2))},
        {"annual": np.zeros(0)},
        {"annual": np.array(["a", "b"])},
        {"by_vehicle": np.zeros((1, 3))},
        {"by_month": np.zeros((11, 4))},
        {"words": {"run_info": {"seed": 3}}},
        {"words": {"run_info": 3}},
        {"words": {"targets": None}},
        {"words": {"targets": ["many"]}},
        {"words": {"scheduled": "much"}},
        {"words": {"format": "avtosim result 9"}},
    ],
    ids=repr,
)
def test_a_file_with_something_missing_or_wrong_is_refused(tmp_path: Path, content: bytes, change: dict) -> None:
    """A file of the right form in which a part is missing or does not fit the others is refused."""
    (tmp_path / "same.npz").write_bytes(rewritten(content))
    av.Result.load(tmp_path / "same.npz")
    refused(tmp_path / "changed.npz", rewritten(content, **change))


@pytest.mark.parametrize("unit", [0, 3, -1, 1.5, "1"])
def test_a_file_whose_units_do_not_fit_is_refused(tmp_path: Path, content: bytes, unit: object) -> None:
    """The number of runs in a unit is a whole number that divides the runs."""
    with np.load(io.BytesIO(content)) as file:
        origin = json.loads(file["words"].tobytes())["run_info"]
    refused(tmp_path / "unit.npz", rewritten(content, words={"run_info": origin | {"replicate_size": unit}}))


# Merging.

GROWING = [av.Plain(), av.Antithetic(), av.LatinHypercube(4)]


@given(st.sampled_from(GROWING), st.lists(st.integers(1, 40), min_size=1, max_size=5), st.integers(0, 9), st.randoms())
@settings(max_examples=60)
def test_ranges_merge_into_the_long_run(design: object, sizes: list[int], start: int, shuffle: object) -> None:
    """Any ranges that follow each other, given in any order, merge into what one long run gives, bit for bit."""
    unit = design.replicate_size(1)
    runs = [design.admissible_runs(size * unit)[1] for size in sizes]
    edges = list(itertools.accumulate(runs, initial=start * unit))
    scenario = plain()
    parts = [
        av.simulate(scenario, runs=n, first_run=at, seed=4, design=design) for at, n in zip(edges, runs, strict=False)
    ]
    shuffle.shuffle(parts)
    assert_same(av.merge(*parts), av.simulate(scenario, runs=sum(runs), first_run=edges[0], seed=4, design=design))


@pytest.mark.parametrize("keep", ["totals", "breakdown", "months", "flows"])
@pytest.mark.parametrize("design", GROWING, ids=str)
def test_everything_kept_is_merged(tmp_path: Path, keep: str, design: object) -> None:
    """Ranges across the edges of blocks, saved and loaded, merge into the long run with all that was kept."""
    scenario = plants.busy() if keep != "flows" else plain()
    some = {"seed": 6, "design": design, "keep": keep}
    first = BLOCK - 32
    parts = []
    for at, runs in ((first + 96, 40), (first, 96)):
        av.simulate(scenario, runs=runs, first_run=at, **some).save(tmp_path / f"{at}.npz")
        parts.append(av.Result.load(tmp_path / f"{at}.npz"))
    assert_same(av.merge(*parts), av.simulate(scenario, runs=136, first_run=first, **some))


def test_runs_until_a_precision_merge() -> None:
    """A result that stopped at a precision goes on where it ended, and is then one of a fixed number of runs."""
    made = av.simulate(plain(), precision=0.02, seed=3)
    more = av.simulate(plain(), runs=1000, first_run=made.runs, seed=3)
    assert_same(av.merge(made, more), av.simulate(plain(), runs=made.runs + 1000, seed=3))


def test_one_result_merges_into_itself() -> None:
    """A single result merges into what it was, whatever the design."""
    for design in (*GROWING, av.Sobol(8)):
        made = av.simulate(plain(), runs=64, design=design)
        assert_same(av.merge(made), made)


def some(**more: object) -> av.Result:
    """Forty plain runs."""
    return av.simulate(more.pop("scenario", None) or plain(), **({"runs": 40, "seed": 1} | more))


@pytest.mark.parametrize(
    ("other", "rule"),
    [
        ({"seed": 2, "first_run": 40}, "must agree in their seed; they differ: 2 and 1|: 1 and 2"),
        ({"scenario": plain().replace({"partners.P.fill_rate": 0.81}), "first_run": 40}, "agree in their scenario"),
        ({"scenario": attrs.evolve(plain(), name="another"), "first_run": 40}, "agree in their title"),
        ({"scenario": attrs.evolve(plain(), targets=(9,)), "first_run": 40}, "agree in their scenario"),
        ({"design": av.Antithetic(), "first_run": 40}, "agree in their design"),
        ({"first_run": 41}, "must follow each other; they leave a gap at run 40"),
        ({"first_run": 39}, "must follow each other; they overlap at run 39"),
        ({"first_run": 0}, "must follow each other; they overlap at run 0"),
        ({"first_run": 40, "keep": "totals"}, "must have kept the same"),
        ({"first_run": 40, "keep": "months"}, "must have kept the same"),
        ({"first_run": 40, "keep": "flows"}, "must have kept the same"),
    ],
    ids=str,
)
def test_what_does_not_belong_together_is_refused(other: dict, rule: str) -> None:
    """Another seed, scenario, title, design or set of what was kept, a gap and an overlap: refused either way round."""
    pair = [some(), some(**other)]
    for given_order in (pair, pair[::-1]):
        with pytest.raises(ValueError, match=f"merge: .*({rule})"):
            av.merge(*given_order)


def test_flows_and_months_do_not_merge() -> None:
    """A part with flows and one with the months only have not kept the same."""
    with pytest.raises(ValueError, match="must have kept the same"):
        av.merge(some(keep="flows"), some(first_run=40, keep="months"))


def test_another_version_is_refused() -> None:
    """Results of two versions do not merge, for the same seed may mean other draws."""
    older = some(first_run=40)
    older.run_info = attrs.evolve(older.run_info, version="0.0.9")
    with pytest.raises(ValueError, match="agree in their version; they differ: '0"):
        av.merge(some(), older)


def test_nothing_merges_into_nothing() -> None:
    """No result at all is refused."""
    with pytest.raises(ValueError, match="at least one result; got none"):
        av.merge()
