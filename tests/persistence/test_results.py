"""Results on disk and merged: whole or not at all, equal to what was saved, and nothing joined that does not belong."""

from __future__ import annotations

import io
import itertools
import json
import math
import os
import pickle
import tracemalloc
import zipfile
from pathlib import Path

import attrs
import numpy as np
import plants
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import avtosim as av
from avtosim.chance.design import BATCH
from avtosim.persistence import npz

MARK = Path(__file__).with_name("code-was-run")


def plain() -> av.Scenario:
    """Build a plant small enough to be run very often."""
    stops = av.Stops(per_year=3, duration=av.Exponential(mean=1))
    return plants.one_vehicle(partner={"fill_rate": 0.8, "stops": stops}, targets=(9, 8.5))


def assert_same(one: av.Result, other: av.Result, *, origin: bool = True) -> None:
    """Check that two results agree in every bit and every text."""
    assert np.array_equal(one.annual, other.annual)
    assert one.record.keys() == other.record.keys()
    for name, ours in one.record.items():
        theirs = other.record[name]
        assert ours.dtype == theirs.dtype, name
        assert np.array_equal(ours, theirs), name
    for name in ("targets", "axes", "labels", "groups", "schedule", "announced"):
        assert getattr(one, name) == getattr(other, name), name
    if origin:
        assert one.run_info == other.run_info
        assert str(one) == str(other)


@pytest.mark.parametrize("keep", ["totals", "breakdown", "months", "flows"])
@pytest.mark.parametrize("design", [av.Plain(), av.Antithetic(), av.LatinHypercube(8), av.Sobol(8)], ids=str)
def test_a_result_comes_back_as_it_was(tmp_path: Path, keep: str, design: object) -> None:
    """A loaded result equals the saved one in every bit and every text, whatever was kept."""
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
    """Names in other scripts and paths as text are accepted; the file has exactly the name that was passed."""
    scenario = attrs.evolve(plain(), name="Завод «Автотор» <2024>")
    path = os.fspath(tmp_path / "год 2024")
    av.simulate(scenario, runs=8).save(path)
    assert av.Result.load(path).run_info.title == scenario.name
    assert [file.name for file in tmp_path.iterdir()] == ["год 2024"]


def test_the_file_is_numpys_own(tmp_path: Path) -> None:
    """NumPy alone reads the arrays, with pickled code disallowed."""
    made = av.simulate(plain(), runs=20)
    made.save(tmp_path / "a.npz")
    with np.load(tmp_path / "a.npz", allow_pickle=False) as file:
        assert np.array_equal(file["annual"], made.annual)
        assert json.loads(file["header"].tobytes())["run_info"]["seed"] == 0


def test_a_write_that_fails_leaves_the_old_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A file is written whole or not at all: where writing fails the old one remains, with no other file beside it."""
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


def test_a_folder_that_does_not_exist_is_named(tmp_path: Path) -> None:
    """Saving into a folder that does not exist, and loading what does not exist, name the path."""
    with pytest.raises(OSError, match="nowhere"):
        av.simulate(plain(), runs=8).save(tmp_path / "nowhere" / "a.npz")
    with pytest.raises(FileNotFoundError, match="there is no such file; a result is written with"):
        av.Result.load(tmp_path / "a.npz")


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="this system has no named pipes")
def test_what_is_no_regular_file_is_refused(tmp_path: Path) -> None:
    """Loading a folder, a device or a pipe says that a regular file is needed, and does not wait for a pipe."""
    os.mkfifo(tmp_path / "pipe")
    for path in (tmp_path, tmp_path / "pipe", Path(os.devnull)):
        with pytest.raises(ValueError, match=f"{path}: must be a regular file"):
            av.Result.load(path)


def test_swapped_arguments_of_save_are_refused(tmp_path: Path) -> None:
    """``Result.save(path, result)`` raises an error that shows the right call."""
    with pytest.raises(TypeError, match=r"must be called on a result, result.save\(path\); got str$"):
        av.Result.save(os.fspath(tmp_path / "a.npz"), av.simulate(plain(), runs=8))
    assert not list(tmp_path.iterdir())


@pytest.fixture(scope="module")
def content(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    """Bytes of a saved result."""
    path = tmp_path_factory.mktemp("saved") / "a.npz"
    av.simulate(plain(), runs=4).save(path)
    return path.read_bytes()


def refused(path: Path, content: bytes) -> None:
    """Check that loading raises one clear error and runs no code of the file."""
    path.write_bytes(content)
    with pytest.raises(ValueError, match="must be a result that avtosim saved") as caught:
        av.Result.load(path)
    assert str(path) in str(caught.value)
    assert not MARK.exists()


def test_a_file_cut_short_is_refused(tmp_path: Path, content: bytes) -> None:
    """Cut anywhere, a file is refused."""
    for size in (*range(60), *range(60, len(content), 23), len(content) - 1):
        refused(tmp_path / "cut.npz", content[:size])


@pytest.mark.parametrize(("sound", "damaged"), [(b"), }", b"(, }"), (b"{'descr", b"s'descr"), (b"False", b"F''se")])
def test_a_damaged_description_of_an_array_is_refused(tmp_path: Path, sound: bytes, damaged: bytes) -> None:
    """Damage to the text that describes an array, such as a bracket that never closes, is refused like any other."""
    # Of an array this long the description is read before the sum that would show the damage.
    av.simulate(plain(), runs=2000, keep="totals").save(tmp_path / "a.npz")
    before, found, after = (tmp_path / "a.npz").read_bytes().rpartition(sound)
    assert found
    refused(tmp_path / "described.npz", before + damaged + after)


def test_a_damaged_file_is_refused_or_comes_back_whole(tmp_path: Path, content: bytes) -> None:
    """A file with any byte changed is refused with one clear error, or holds the same result."""
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


class RunsCode:
    """Unpickling this writes a file."""

    def __reduce__(self) -> tuple[object, tuple[str]]:
        return (os.mkdir, (str(MARK),))


def numpys(write: object) -> bytes:
    """Bytes that a function writes."""
    buffer = io.BytesIO()
    write(buffer)
    return buffer.getvalue()


def text(header: object) -> np.ndarray:
    """Text of a header as an array of bytes."""
    return np.frombuffer(json.dumps(header).encode(), dtype=np.uint8)


def foreign() -> dict[str, bytes]:
    """Files that are no results."""
    made: dict[str, bytes] = {"empty": b"", "text": b"1,2\n3,4\n", "pickle": pickle.dumps(RunsCode())}
    made["array"] = numpys(lambda file: np.save(file, np.zeros(3)))
    made["arrays"] = numpys(lambda file: np.savez(file, annual=np.zeros(3)))
    made["pickled array"] = numpys(lambda file: np.savez(file, header=np.array([RunsCode()], dtype=object)))
    made["another format"] = numpys(lambda file: np.savez(file, header=text({"format": "x"}), annual=np.zeros(3)))
    made["a list"] = numpys(lambda file: np.savez(file, header=text([1, 2]), annual=np.zeros(3)))
    made["format 1"] = numpys(lambda file: np.savez(file, words=text({"format": "avtosim result 1"})))
    deep = np.frombuffer(b"[" * 200_000, dtype=np.uint8)
    made["deep"] = numpys(lambda file: np.savez(file, header=deep))
    digits = np.frombuffer(b'{"format": ' + b"9" * 5000 + b"}", dtype=np.uint8)
    made["digits"] = numpys(lambda file: np.savez(file, header=digits))

    def zipped(file: io.BytesIO) -> None:
        with zipfile.ZipFile(file, "w") as archive:
            archive.writestr("header", b"not an array")

    made["an archive"] = numpys(zipped)
    return made


@pytest.mark.parametrize("kind", foreign())
def test_a_foreign_file_is_refused(tmp_path: Path, kind: str) -> None:
    """What avtosim did not save gives one clear error, and no code in it is run."""
    refused(tmp_path / "foreign.npz", foreign()[kind])


def test_a_file_of_an_old_format_says_so(tmp_path: Path) -> None:
    """A file of an earlier format, or of one to come, names the formats."""
    (tmp_path / "old.npz").write_bytes(foreign()["format 1"])
    with pytest.raises(ValueError, match=r"of a version before 0.2 \(format 1\)"):
        av.Result.load(tmp_path / "old.npz")
    (tmp_path / "new.npz").write_bytes(foreign()["another format"])
    with pytest.raises(ValueError, match="this version reads the format 'avtosim result 4'; got 'x'"):
        av.Result.load(tmp_path / "new.npz")


def rewritten(
    content: bytes, *, without: str = "", header: dict | None = None, digest: bool = True, **arrays: np.ndarray
) -> bytes:
    """Return a saved result with parts replaced and a digest that fits, as a forger would."""
    with np.load(io.BytesIO(content)) as file:
        every = {name: file[name] for name in file.files if name != without} | arrays
    changed = json.loads(every.pop("header").tobytes()) | (header or {})
    changed = {name: value for name, value in changed.items() if name != without}
    old = changed.pop("digest")
    changed["digest"] = npz._digest(changed, every) if digest else old
    return numpys(lambda file: np.savez(file, header=text(changed), **every))


def with_values(content: bytes, name: str, change: object) -> np.ndarray:
    """Return an array of a saved result after a change."""
    with np.load(io.BytesIO(content)) as file:
        values = file[name].copy()
    change(values)
    return values


@pytest.mark.parametrize(
    "change",
    [
        {"without": "annual"},
        {"without": "run_info"},
        {"without": "targets"},
        {"without": "format"},
        {"annual": np.zeros((2, 2))},
        {"annual": np.zeros(0)},
        {"annual": np.zeros(4, dtype=np.float32)},
        {"annual": np.full(4, 9.0)},
        {"annual": np.array(["a", "b"])},
        {"by_vehicle": np.zeros((1, 3))},
        {"by_month": np.zeros((11, 4))},
        {"by_month": np.zeros((12, 4))},
        {"another": np.zeros(4)},
        {"header": {"run_info": {"seed": 3}}},
        {"header": {"run_info": 3}},
        {"header": {"targets": None}},
        {"header": {"targets": ["many"]}},
        {"header": {"targets": [-5.0]}},
        {"header": {"targets": [math.nan]}},
        {"header": {"schedule": "much"}},
        {"header": {"schedule": [1.0, "much"]}},
        {"header": {"schedule": [math.inf]}},
        {"header": {"schedule": [1.0] * 11}},
        {"header": {"announced": [1.0]}},
        {"header": {"announced": [1.0, 2.0, 3.0]}},
        {"header": {"announced": [2.0, 1.0]}},
        {"header": {"announced": [1.0, math.inf]}},
        {"header": {"labels": {"vehicle": ["V", "V"]}}},
        {"header": {"labels": {"vehicle": [1]}}},
        {"header": {"labels": 3}},
        {"header": {"labels": {"vehicle": ["\x1b[2J"]}}},
        {"header": {"targets": {}}},
        {"header": {"runs": 10**12}},
        {"header": {"runs": True}},
        {"header": {"runs": 0}},
        {"header": {"runs": -4}},
        {"header": {"kept": ["annual"]}},
        {"header": {"axes": {}}},
        {"header": {"homes": {}}},
        {"header": {"format": "avtosim result 9"}},
        {"header": {"targets": [1.0]}, "digest": False},
    ],
    ids=repr,
)
def test_a_file_with_something_missing_or_wrong_is_refused(tmp_path: Path, content: bytes, change: dict) -> None:
    """A file of the right form in which a part is missing or does not fit the others is refused."""
    (tmp_path / "same.npz").write_bytes(rewritten(content))
    av.Result.load(tmp_path / "same.npz")
    refused(tmp_path / "changed.npz", rewritten(content, **change))


@pytest.mark.parametrize("wrong", [math.nan, math.inf, -1.0])
def test_a_file_with_impossible_outputs_is_refused(tmp_path: Path, content: bytes, wrong: float) -> None:
    """An output that is not finite, or negative, is refused even where all its sums and its digest fit."""
    arrays = {name: with_values(content, name, lambda a: a.__setitem__((..., 1), 0.0)) for name in ("annual",)}
    for name in ("annual", "by_vehicle", "by_month"):
        arrays[name] = with_values(content, name, lambda a: a.__setitem__((..., 1), wrong))
    refused(tmp_path / "wrong.npz", rewritten(content, **arrays))


@pytest.mark.parametrize(
    ("field", "value"),
    [
        *(("replicate_size", value) for value in (0, 3, -1, 1.5, "1", True)),
        *(("seed", value) for value in (-1, 0.5, "7", None)),
        ("first_run", -1),
        ("title", 3),
        ("title", "\x1b[2J"),
        ("version", None),
        ("numpy", 2),
        ("stopped", []),
        ("more", "x"),
    ],
)
def test_what_made_a_result_is_checked(tmp_path: Path, content: bytes, field: str, value: object) -> None:
    """What made a result must be complete, of the right types and in range; replicates divide the runs."""
    with np.load(io.BytesIO(content)) as file:
        origin = json.loads(file["header"].tobytes())["run_info"]
    refused(tmp_path / "info.npz", rewritten(content, header={"run_info": origin | {field: value}}))


def test_a_small_file_cannot_hold_a_large_array(tmp_path: Path, content: bytes) -> None:
    """Neither a compressed member nor a member whose header claims more than the file holds is read."""
    with np.load(io.BytesIO(content)) as file:
        every = {name: file[name] for name in file.files}
    packed = numpys(lambda file: np.savez_compressed(file, **every))
    refused(tmp_path / "packed.npz", packed)
    header = json.loads(every.pop("header").tobytes())
    header |= {"runs": 2**40, "kept": ["annual"], "axes": {"annual": ["run"]}}
    claim = io.BytesIO()
    np.lib.format.write_array_header_1_0(claim, {"descr": "<f8", "fortran_order": False, "shape": (2**40,)})

    def zipped(file: io.BytesIO) -> None:
        with zipfile.ZipFile(file, "w") as archive:
            archive.writestr("header.npy", numpys(lambda inner: np.save(inner, text(header))))
            archive.writestr("annual.npy", claim.getvalue() + b"\0" * 64)

    tracemalloc.start()
    refused(tmp_path / "claim.npz", numpys(zipped))
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 2**22
    with pytest.raises(ValueError, match="must hold as many numbers as its header says, uncompressed; it is too short"):
        av.Result.load(tmp_path / "claim.npz")


@pytest.mark.parametrize("path", [None, 3, b"x", ["a"], "result"], ids=repr)
def test_paths_of_another_kind_are_refused(path: object) -> None:
    """Saving to, or loading from, something that is not a path raises an error that names the argument."""
    made = some()
    path = made if path == "result" else path
    for call in (av.Result.load, made.save):
        with pytest.raises(TypeError, match=f"path: must be the path of a result file; got {type(path).__name__}"):
            call(path)


# Merging.

GROWING = [av.Plain(), av.Antithetic(), av.LatinHypercube(4), av.SobolNets(4)]


@given(st.sampled_from(GROWING), st.lists(st.integers(1, 40), min_size=2, max_size=5), st.integers(0, 9), st.randoms())
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
    first = BATCH - 32
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


def test_one_result_does_not_merge() -> None:
    """Merging takes two results or more, each by itself."""
    made = some()
    with pytest.raises(ValueError, match="merge: must be two results or more; got 1"):
        av.merge(made)
    with pytest.raises(ValueError, match="merge: must be two results or more; got 0"):
        av.merge()
    for wrong, name in ((plain(), "Scenario"), ("a.npz", "str"), (None, "NoneType")):
        with pytest.raises(TypeError, match=f"merge: must be results of simulate; got {name}$"):
            av.merge(made, wrong)
    with pytest.raises(TypeError, match=r"got list: give each by itself, merge\(\*results\)"):
        av.merge([made, made])


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
        ({"first_run": 40, "keep": "breakdown"}, "must have kept the same"),
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


@pytest.mark.parametrize("what", ["version", "numpy", "scipy"])
def test_another_version_is_refused_by_default(what: str) -> None:
    """Results of two versions of avtosim, NumPy or SciPy merge only with ``across_versions``; the result names both."""
    one, two = some(), some(first_run=40)
    here = getattr(one.run_info, what)
    two = attrs.evolve(two, run_info=attrs.evolve(two.run_info, **{what: "0.0.9"}))
    with pytest.raises(ValueError, match=f"{what}; they differ: '{here}' and '0.0.9'; merge.*across_versions=True"):
        av.merge(one, two)
    made = av.merge(two, one, across_versions=True)
    assert getattr(made.run_info, what) == f"{here} and 0.0.9"
    assert np.array_equal(made.annual, some(runs=80).annual)
