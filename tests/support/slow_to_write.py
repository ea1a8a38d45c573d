"""The command line as a program that says "half way" when it has written half of a result, and then waits."""

import sys
import time

import interruptible
from retrato.io.writing import OutputFolder

_write_with = OutputFolder.write_with


def _slowly(self, name, write):
    path = _write_with(self, name, write)
    if name == "values.parquet":
        sys.stderr.write("half way\n")
        sys.stderr.flush()
        time.sleep(60)
    return path


if __name__ == "__main__":
    OutputFolder.write_with = _slowly
    interruptible.run()
