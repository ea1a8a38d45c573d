"""Time and memory of one `retrato resolve` over generated customers: `make bench`.

RETRATO_BENCH_RECORDS says how many contact records (a million when not set; the exports hold about 10/3 events a record
beside them), RETRATO_BENCH_THREADS how many threads (all cores when not set). The command runs in a process of its own,
so the memory is its own.
"""

from __future__ import annotations

import json
import os
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from retrato.datasets import omnichannel

RETRATO = Path(sys.executable).with_name("retrato")


def main() -> int:
    """Generate, resolve, print what `run.json` says."""
    records = int(os.environ.get("RETRATO_BENCH_RECORDS", "1000000"))
    threads = os.environ.get("RETRATO_BENCH_THREADS")
    with tempfile.TemporaryDirectory(prefix="retrato-bench-") as name:
        folder = Path(name)
        started = time.perf_counter()
        files = omnichannel(records, seed=1).write(folder / "exports")
        print(f"generated {records:,} records and their events in {time.perf_counter() - started:.1f} s")
        command = [RETRATO, "resolve", *files, "--out", folder / "out", "--region", "ES", "--quiet"]
        started = time.perf_counter()
        done = subprocess.run([*command, "--threads", threads] if threads else command, check=False)
        seconds = time.perf_counter() - started
        if done.returncode:
            return done.returncode
        report = json.loads((folder / "out" / "run.json").read_text(encoding="utf-8"))
    print(f"{'stage':<12}{'seconds':>10}{'CPU seconds':>14}{'peak MB so far':>16}")
    for stage in report["stages"]:
        numbers = (stage["seconds"], stage["cpu_seconds"])
        print(f"{stage['stage']:<12}{numbers[0]:>10.1f}{numbers[1]:>14.1f}{stage['peak_memory_mb']:>16,}")
    usage = resource.getrusage(resource.RUSAGE_CHILDREN)
    peak = usage.ru_maxrss / (1e6 if sys.platform == "darwin" else 1e3 / 1.024)
    print(f"{'command':<12}{seconds:>10.1f}{usage.ru_utime + usage.ru_stime:>14.1f}{peak:>16,.0f}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
