"""Processes: scripts with and without a main guard, workers that die, interrupts; nothing is left running.

Each script runs in a process group of its own, which must be empty when it has ended.
"""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest
from children import nothing_is_left_of, start

#: A law of the script's own, and a question that is asked with two processes.
LAW = """
import multiprocessing, os, sys
import numpy as np
import avtosim as av

class Own:
    deadly = False
    def ppf(self, u):
        if self.deadly and multiprocessing.parent_process():
            os._exit(3)
        return 0.5 + 0.5 * np.asarray(u)
    def cdf(self, x):
        return np.clip(2 * np.asarray(x) - 1, 0, 1)

class Deadly(Own):
    deadly = True

june = av.load("avtotor-2024-06")

def ask(law, workers=2):
    return av.simulate(june.replace({"partners.BAIC.fill_rate": law()}), runs=20_000, keep="totals", workers=workers)
"""
#: An error in a thread is printed, and does not end the script.
THREAD = """
import threading
thread = threading.Thread(target=ask, args=(Own,))
thread.start()
thread.join()
sys.exit(1)
"""
SAME_BITS = """
def main():
    assert np.array_equal(ask(Own).annual, ask(Own, 1).annual)
    print("same")
if __name__ == "__main__":
    main()
"""


def ended(child: subprocess.Popen) -> tuple[int, str, str]:
    """Exit code, output and errors of a child that leaves nothing running."""
    output, errors = child.communicate(timeout=120)
    assert nothing_is_left_of(child)
    return child.returncode, output, errors


@pytest.mark.parametrize("way", ["script", "module", "runpy", "thread"])
def test_without_a_main_guard_there_is_one_error_that_says_what_to_write(way: str, tmp_path: Path) -> None:
    """One traceback, before any process is started, however the script is run and the study called."""
    (tmp_path / "own_script.py").write_text(LAW + (THREAD if way == "thread" else "ask(Own)\n"))
    outer = 'import runpy\nrunpy.run_path("own_script.py", run_name="__main__")\n'
    command = {"module": ["-m", "own_script"], "runpy": ["-c", outer]}.get(way, ["own_script.py"])
    code, output, errors = ended(start(*command, folder=tmp_path))
    assert code == 1
    assert not output
    assert errors.count("Traceback") == 1
    assert errors.count("RuntimeError: workers: every worker process imports ") == 1
    assert "own_script.py again" in errors
    assert errors.rstrip().endswith('def main():\n    ...\n\nif __name__ == "__main__":\n    main()')


def test_with_a_main_guard_processes_give_the_same_bits(tmp_path: Path) -> None:
    """A law of a class of the script is known to its workers, under a guard round the call of a main function."""
    (tmp_path / "own_script.py").write_text(LAW + SAME_BITS)
    assert ended(start("-m", "own_script", folder=tmp_path)) == (0, "same\n", "")


def test_a_prompt_needs_no_guard(tmp_path: Path) -> None:
    """Where there is no file to import there is no guard; a class that only the prompt knows is one clear error."""
    text = LAW + "print(av.simulate(june, runs=20_000, workers=2).runs)\nask(Own)\n"
    code, output, errors = ended(start("-c", text, folder=tmp_path))
    assert (code, output) == (1, "20000\n")
    last = errors.splitlines()[-1]
    assert last.startswith("RuntimeError: workers: what was sent to a worker cannot be read there: Can't get attribute")
    assert "stand in a module" in last


def test_a_worker_that_dies_is_one_clear_error(tmp_path: Path) -> None:
    """A law that ends the process of its worker ends the study with an error that says what to do, and all workers."""
    (tmp_path / "own_script.py").write_text(LAW + "if __name__ == '__main__':\n    ask(Deadly)\n")
    code, output, errors = ended(start("own_script.py", folder=tmp_path))
    assert (code, output) == (1, "")
    last = errors.splitlines()[-1]
    assert last.startswith(
        "RuntimeError: workers: a pool of processes lost a batch, so there is no answer: BrokenProcessPool"
    )
    assert "a worker died" in last
    assert "try fewer workers or more memory; or work in this process alone (workers=1, no executor)" in last


LONG = """
import avtosim as av
if __name__ == "__main__":
    print("started", flush=True)
    av.simulate(av.load("avtotor-2024-06"), runs=100_000_000, keep="totals", workers=2)
"""


@pytest.mark.skipif(sys.platform == "win32", reason="signals are those of POSIX")
@pytest.mark.parametrize(("name", "after"), [("SIGTERM", 0.1), ("SIGKILL", 2.0)])
def test_workers_end_with_the_process_that_started_them(name: str, after: float, tmp_path: Path) -> None:
    """A process that is ended from outside, at once or in the middle of the work, leaves no worker behind."""
    (tmp_path / "own_script.py").write_text(LONG)
    child = start("own_script.py", folder=tmp_path)
    assert child.stdout.readline() == "started\n"
    with pytest.raises(subprocess.TimeoutExpired):
        child.wait(after)
    os.kill(child.pid, getattr(signal, name))
    child.wait(timeout=60)
    assert nothing_is_left_of(child)
    child.communicate()
