"""The command line as a program that Ctrl-C stops: one that was started in the background may ignore it."""

import signal

from retrato.cli import main


def run() -> None:
    """Run the command line."""
    signal.signal(signal.SIGINT, signal.default_int_handler)
    main()


if __name__ == "__main__":
    run()
