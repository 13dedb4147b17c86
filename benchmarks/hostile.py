"""Hostile inputs: how often bad facts, files, arguments and results pass without a word, hang, or are not explained.

Each case is called in a process with limits of time and memory, in an empty folder of its own, and judged by what came:
an answer where an error is due (or a wrong one) is *wrong without a word*; more than the time limit is a *hang*; an
error that names no place, no rule or not the value, or that is a crash of the machinery, is *unclear*.
"""

from __future__ import annotations

import argparse
import contextlib
import faulthandler
import multiprocessing as mp
import os
import shutil
import sys
import tempfile
import time
from collections import Counter
from multiprocessing.connection import Connection
from pathlib import Path

# Before NumPy is imported: threads of the linear algebra below it reserve memory that the limit would count.
for _name in ("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "MKL_NUM_THREADS"):
    os.environ.setdefault(_name, "1")

from hostile_inputs import every_case  # noqa: E402
from hostile_inputs.judge import Case, Verdict, judge  # noqa: E402
from tools import row  # noqa: E402

PARTS = ("facts", "laws", "files", "names", "arguments", "answers", "results", "running", "showing", "limits")
KINDS = {"silent": "wrong without a word", "hung": "hangs", "unclear": "unclear"}
_MEMORY = 4 * 2**30


def main() -> int:
    """Run the battery, print the table and what failed; 1 where a bar is missed."""
    options = _options()
    started = time.perf_counter()
    every = [case for case in every_case() if options.only in (None, case.part)]
    if options.match:
        every = [case for case in every if options.match in case.name]
    if options.fast:
        every = [case for case in every if case.hand and not case.slow]
    verdicts = run(every, limit=options.limit)
    failed = [(case, verdict) for case, verdict in zip(every, verdicts, strict=True) if verdict.kind != "ok"]
    for kind, words in KINDS.items():
        found = [(case, verdict) for case, verdict in failed if verdict.kind == kind]
        if found and options.show in (None, kind):
            print(f"\n{words}:")
            for case, verdict in found:
                print(f"  [{case.part}] {case.name}\n      {verdict.what}")
            print()
    return _table(every, verdicts, time.perf_counter() - started, options.bar)


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--only", choices=PARTS, help="one kind of cases")
    parser.add_argument(
        "--show", choices=[*KINDS, "none"], help="list failures of one kind only; none: the table alone"
    )
    parser.add_argument("--match", help="only cases whose name contains this")
    parser.add_argument("--fast", action="store_true", help="only cases written by hand that take no time")
    parser.add_argument("--bar", type=float, default=0.02, help="largest share of unclear errors (default: 0.02)")
    parser.add_argument("--limit", type=float, default=20.0, help="seconds that a case may take (default: 20)")
    return parser.parse_args()


def _table(every: list[Case], verdicts: list[Verdict], seconds: float, bar: float) -> int:
    kinds = Counter(verdict.kind for verdict in verdicts)
    for part in PARTS:
        of_part = Counter(v.kind for case, v in zip(every, verdicts, strict=True) if case.part == part)
        if of_part:
            counts = ", ".join(f"{words} {of_part[kind]}" for kind, words in KINDS.items())
            row(part, f"{of_part.total():,}", counts)
    unclear = kinds["unclear"] / max(len(every), 1)
    row("cases (of these written by hand)", f"{len(every):,} ({sum(case.hand for case in every):,})")
    row("wrong without a word", f"{kinds['silent']:,}", "bar: 0")
    row("hangs", f"{kinds['hung']:,}", "bar: 0")
    row("unclear errors", f"{kinds['unclear']:,} ({100 * unclear:.1f} %)", f"bar: at most {100 * bar:g} %")
    row("cases in which a warning of the machinery leaked", f"{sum(v.warned for v in verdicts):,}")
    row("time", f"{seconds:.0f} s")
    return int(kinds["silent"] > 0 or kinds["hung"] > 0 or unclear > bar)


def run(every: list[Case], *, limit: float = 20.0) -> list[Verdict]:
    """Judge the cases one after the other, in a process that is replaced when a case takes too long or kills it."""
    verdicts: list[Verdict] = []
    context = mp.get_context("fork" if "fork" in mp.get_all_start_methods() else "spawn")
    home = Path(tempfile.mkdtemp(prefix="hostile-")).resolve()
    worker: mp.process.BaseProcess | None = None
    ours: Connection | None = None
    try:
        for at in range(len(every)):
            if worker is None or ours is None or not worker.is_alive():
                ours, theirs = context.Pipe()
                worker = context.Process(target=_serve, args=(theirs, every, home), daemon=False)
                worker.start()
                theirs.close()
            ours.send(at)
            verdict: Verdict | None = None
            if not ours.poll(limit):
                verdict = Verdict("hung", f"no answer in {limit:g} s")
            else:
                with contextlib.suppress(EOFError, ConnectionError):
                    verdict = ours.recv()
                if verdict is None:
                    worker.join()
                    verdict = Verdict("hung", f"the process died (exit code {worker.exitcode})")
            if verdict.kind == "hung":
                worker.kill()
                worker.join()
                worker = None
            verdicts.append(verdict)
    finally:
        if worker is not None:
            worker.kill()
            worker.join()
        shutil.rmtree(home, ignore_errors=True)
    return verdicts


def _serve(pipe: Connection, every: list[Case], home: Path) -> None:
    """Judge the cases whose numbers come through the pipe."""
    faulthandler.disable()
    with contextlib.suppress(ImportError, ValueError):
        import resource

        resource.setrlimit(resource.RLIMIT_AS, (_MEMORY, _MEMORY))
        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    os.environ["HOME"] = os.environ["TMPDIR"] = str(home)
    sys.stdout = sys.stderr = Path(os.devnull).open("w", encoding="utf-8")  # noqa: SIM115 - for the life of the process
    while True:
        try:
            at = pipe.recv()
        except EOFError:
            return
        folder = home / f"case{at}"
        folder.mkdir()
        os.chdir(folder)
        verdict = judge(every[at], folder)
        os.chdir(home)
        shutil.rmtree(folder, ignore_errors=True)
        pipe.send(verdict)


if __name__ == "__main__":
    sys.exit(main())
