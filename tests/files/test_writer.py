"""Saving: what is written reads back equal, whole or not at all."""

from __future__ import annotations

import os
import stat
from pathlib import Path
from typing import Any

import attrs
import pytest
from hypothesis import given, settings
from scipy import stats
from tiny import faults_of, scenarios, tiny

import avtosim as av


@settings(max_examples=25)
@given(scenarios())
def test_a_scenario_reads_back_equal(scenario: av.Scenario) -> None:
    """Any scenario, with odd names, every law and any text in its notes, is equal after writing and reading."""
    again = av.loads(scenario.to_toml())
    assert again == scenario
    assert again.provenance == scenario.provenance
    assert again.to_toml() == scenario.to_toml()


LAWS = [
    av.Uniform(low=-1, high=1e-7),
    av.Triangular(low=1, mode=2, high=3),
    av.Pert(low=1, mode=2, high=3, weight=2.5),
    av.Normal(mean=1e14, sd=0.1),
    av.LogNormal(median=1, log_sd=0.5),
    av.NormalRange(low=0.1, high=0.2, coverage=0.8),
    av.LogNormalRange(low=0.1, high=0.2),
    av.ThreeQuantiles(low=1, median=2, high=4),
    av.Beta(a=1, b=2, high=3),
    av.Exponential(mean=1 / 3),
    av.Gamma(shape=2.5, scale=1 / 3),
    av.Weibull(shape=0.7, scale=1e9),
    av.LogStudentT(median=3, log_scale=0.1, degrees_of_freedom=6),
    av.Bernoulli(chance=0.1, no=-2, yes=3),
    av.Discrete(values=[1, 2], weights=[0, 1]),
    av.Empirical(sample=[3, 1, 1]),
    av.Truncated(law=av.Normal(mean=0, sd=1), low=-1, high=0.5),
    av.Clipped(law=av.Empirical(sample=[1, 2, 3]), high=2),
]


@pytest.mark.parametrize("law", LAWS, ids=lambda law: law.kind)
@pytest.mark.parametrize(
    "said", [None, av.Provenance(source='a "quoted"\nline', stated_on="2024", note="заметка = {}")]
)
def test_every_law_reads_back_equal(law: object, said: av.Provenance | None) -> None:
    """Each law, nested ones too, reads back equal, alone and with a source beside it, and redrawn each month."""
    address = "markets.Russia.elasticities.yuan"
    plant = tiny().replace({address: law})
    if said is not None:
        plant = attrs.evolve(plant, provenance={**plant.provenance, address: said})
    assert av.loads(plant.to_toml()) == plant
    if isinstance(law, (av.Beta, av.Clipped, av.LogNormalRange)):
        redrawn = tiny().replace({"lines.Main.per_day": av.Varying(law=law, persistence=0.25)})
        assert av.loads(redrawn.to_toml()) == redrawn


def test_a_saved_file_loads_back_equal(tmp_path: Path) -> None:
    """Saving and loading gives an equal scenario, over an old file too, and leaves nothing else behind."""
    path = tmp_path / "планы 2024.toml"
    path.write_text("old", encoding="utf-8")
    tiny().save(path)
    assert av.load(path) == tiny()
    assert list(tmp_path.iterdir()) == [path]


def test_a_saved_file_has_ordinary_permissions(tmp_path: Path) -> None:
    """A saved file may be read by whom any new file may be read by."""
    (tmp_path / "other").touch()
    tiny().save(tmp_path / "mine.toml")
    modes = {stat.S_IMODE(path.stat().st_mode) for path in tmp_path.iterdir()}
    assert len(modes) == 1


def test_a_link_is_written_through(tmp_path: Path) -> None:
    """Saving to a link changes the file it leads to, and keeps the link."""
    (tmp_path / "real.toml").touch()
    (tmp_path / "link.toml").symlink_to("real.toml")
    tiny().save(tmp_path / "link.toml")
    assert (tmp_path / "link.toml").is_symlink()
    assert av.load(tmp_path / "real.toml") == tiny()


def test_a_failed_write_leaves_the_old_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """When writing fails half-way, the old file stands, the half-written one is gone, and the error names the file."""
    path = tmp_path / "plan.toml"
    tiny().save(path)
    before = path.read_bytes()

    def full(_handle: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("os.fsync", full)
    with pytest.raises(OSError, match=r"can't write the file: No space left on device: .*plan.toml"):
        tiny().replace({"targets.0": 1}).save(path)
    assert path.read_bytes() == before
    assert list(tmp_path.iterdir()) == [path]


def test_a_place_that_cannot_be_written_is_named(tmp_path: Path) -> None:
    """A folder that does not exist, a folder in place of the file, a file in place of the folder: each is named."""
    (tmp_path / "file").touch()
    with pytest.raises(FileNotFoundError, match=r"can't write the file.*nodir/x.toml"):
        tiny().save(tmp_path / "nodir" / "x.toml")
    for folder in (tmp_path, "/"):
        with pytest.raises(IsADirectoryError, match="can't write the file: it is a folder"):
            tiny().save(folder)
    with pytest.raises(NotADirectoryError, match=r"can't write the file.*file/x.toml"):
        tiny().save(tmp_path / "file" / "x.toml")


def test_text_that_no_file_can_hold_is_named() -> None:
    """Half of a surrogate pair, which UTF-8 can't hold, is told with the key it stands at."""
    faults = faults_of(attrs.evolve(tiny(), description="a \ud800 b").to_toml)
    assert list(faults) == ["description"]


def test_a_law_of_another_library_is_not_written(tmp_path: Path) -> None:
    """A frozen SciPy law works in Python; saving it is refused with its address, before the file is touched."""
    plant = tiny().replace({"partners.BAIC.fill_rate": stats.beta(2, 3), "vehicles.U5 Plus.plan": stats.gamma(3)})
    assert plant["partners.BAIC.fill_rate"].mean() == 0.4
    faults = faults_of(plant.save, tmp_path / "x.toml")
    assert list(faults) == ["partners.BAIC.fill_rate", "vehicles.U5 Plus.plan"]
    assert "scipy.stats.beta(2, 3)" in faults["partners.BAIC.fill_rate"]
    assert list(tmp_path.iterdir()) == []
    inside = plant.replace({"vehicles.U5 Plus.plan": 1, "partners.BAIC.fill_rate": av.Varying(law=stats.beta(2, 3))})
    assert list(faults_of(inside.to_toml)) == ["partners.BAIC.fill_rate"]


def test_a_saved_file_keeps_the_permissions_of_the_old_one(tmp_path: Path) -> None:
    """A file that others may not read stays so when it is replaced, also through a link."""
    path = tmp_path / "mine.toml"
    path.touch()
    (tmp_path / "link.toml").symlink_to(path.name)
    for mode in (0o600, 0o640, 0o664):
        path.chmod(mode)
        tiny().save(tmp_path / "link.toml")
        assert stat.S_IMODE(path.stat().st_mode) == mode


@pytest.mark.skipif(os.name != "posix", reason="pipes and devices of POSIX")
def test_what_is_no_ordinary_file_is_not_replaced(tmp_path: Path) -> None:
    """A pipe and a device stand as they were after an attempt to save over them, which names them."""
    os.mkfifo(tmp_path / "pipe.toml")
    (tmp_path / "link.toml").symlink_to("/dev/null")
    for path, name in ((tmp_path / "pipe.toml", "pipe.toml"), (tmp_path / "link.toml", "/dev/null")):
        before = path.stat().st_mode
        with pytest.raises(OSError, match=f"can't write the file: it is a device, pipe or socket.*{name}"):
            tiny().save(path)
        assert path.stat().st_mode == before
    assert len(list(tmp_path.iterdir())) == 2


def test_what_an_earlier_crash_left_is_removed(tmp_path: Path) -> None:
    """Old temporary files of the same target go at the next save; young ones, others' and ordinary files stay."""
    target, other = tmp_path / "mine.toml", tmp_path / "other.toml"
    left: list[Path] = []
    for path in (target, target, other):
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr("pathlib.Path.unlink", lambda _path: None)
            patch.setattr("pathlib.Path.replace", lambda _path, _target: None)
            tiny().save(path)
        left += [file for file in tmp_path.iterdir() if file not in left]
    like = tmp_path / f"{left[0].name}.toml"
    like.touch()
    for path in (left[0], left[2], like):
        os.utime(path, (0, 0))
    tiny().save(target)
    assert sorted(tmp_path.iterdir()) == sorted([left[1], left[2], like, target])


def test_any_name_that_the_folder_allows_can_be_written(tmp_path: Path) -> None:
    """A name of 255 characters leaves no room for additions, and is written all the same."""
    path = tmp_path / f"{'x' * 250}.toml"
    tiny().save(path)
    assert av.load(path) == tiny()


@pytest.mark.parametrize("path", [None, 3, b"x.toml", ["x.toml"], tiny()])
def test_a_path_must_be_a_path(path: Any) -> None:
    """Swapped or wrong arguments of save are TypeErrors that say what belongs there."""
    with pytest.raises(TypeError, match=r"path must be the path of the file to write, such as 'plant.toml'; got "):
        tiny().save(path)


@pytest.mark.parametrize("path", ["", "a\0b", "a\ud800"])
def test_a_path_must_name_a_file(path: str) -> None:
    """Empty paths and null bytes are refused before anything is written."""
    with pytest.raises(ValueError, match="path must name the file to write"):
        tiny().save(path)


@pytest.mark.parametrize("scenario", ["plan.toml", None, {}, av.Partner(name="A")])
def test_what_is_saved_must_be_a_scenario(tmp_path: Path, scenario: Any) -> None:
    """A path or another fact in place of the scenario is a TypeError."""
    with pytest.raises(TypeError, match=r"scenario must be a Scenario, as in scenario.save\(path\); got "):
        av.Scenario.save(scenario, tmp_path / "x.toml")
    assert list(tmp_path.iterdir()) == []
