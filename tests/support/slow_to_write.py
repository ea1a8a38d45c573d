"""The command line as a program that says "half way" when it has written half of a result, and then waits."""

import sys
import time

import interruptible
from retrato.io.writing import OutputFolder

_write_table = OutputFolder.write_table


def _slowly(self, name, *rest):
    _write_table(self, name, *rest)
    if name == "values":
        sys.stderr.write("half way\n")
        sys.stderr.flush()
        time.sleep(60)


if __name__ == "__main__":
    OutputFolder.write_table = _slowly
    interruptible.run()
