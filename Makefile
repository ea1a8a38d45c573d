# Every target stands alone: it needs Python 3.11 or newer, make and pip, and makes the environment that it uses.
# An environment is made again when pyproject.toml has changed.

PYTHON ?= python3
SOURCES := $(shell find src -type f -not -name '*.pyc')
PYTEST := .venv/test/bin/python -m pytest -n 2 -rs

.PHONY: demo test test-all test-pandas2 lint bench bench-identifiers bench-quality bench-scales bench-leave-one-out \
	bench-peers bench-history bench-histories bench-store bench-store-kills bench-store-writers docs clean

demo: .venv/demo/.stamp  ## resolve the demo exports with retrato as a user installs it
	.venv/demo/bin/retrato demo --out demo-out

test: .venv/test/.stamp  ## the suite without the slow tests
	$(PYTEST) -m "not slow and not recordlinkage"

test-all: .venv/test/.stamp  ## the whole suite
	$(PYTEST) -m "not recordlinkage"

test-pandas2: .venv/test-pandas2/.stamp  ## every test file that touches pandas or recordlinkage, with pandas 2
	.venv/test-pandas2/bin/python -m pytest -n 2 -rs -m "not slow" \
		$$(grep -rlE --include='*.py' 'pandas|recordlinkage' tests src/retrato)

lint: .venv/lint/.stamp  ## style, types and the direction of imports
	.venv/lint/bin/ruff check .
	.venv/lint/bin/ruff format --check .
	.venv/lint/bin/mypy
	.venv/lint/bin/lint-imports

bench: .venv/bench/.stamp .venv/peer-splink/.stamp  ## time and memory over generated customers; BENCH_ARGS takes options (see --help)
	PYTHONPATH=benchmarks/quality .venv/bench/bin/python benchmarks/speed/run.py $(BENCH_ARGS)

bench-identifiers: .venv/bench/.stamp  ## speed of every identifier type, what it reads differently from its library, and how names are split
	.venv/bench/bin/python benchmarks/identifiers/speed.py
	PYTHONPATH=tests/support .venv/bench/bin/python benchmarks/identifiers/names.py
	PYTHONPATH=tests/support .venv/bench/bin/python benchmarks/identifiers/differential.py

bench-quality: .venv/bench/.stamp  ## match quality on public data sets in the folder RETRATO_BENCH_DATA
	.venv/bench/bin/python benchmarks/quality/run.py

bench-scales: .venv/bench/.stamp  ## generated customers at three sizes: quality, calibration, and whether the model stays the same
	.venv/bench/bin/python benchmarks/quality/scales.py

bench-leave-one-out: .venv/bench/.stamp  ## whether a constant stands because of one set: each halved and doubled, chosen on the other sets
	.venv/bench/bin/python benchmarks/quality/leave_one_out.py

bench-history: .venv/bench/.stamp  ## whose each event is, against the truth, and how long it takes; HISTORY_ARGS takes options (see --help)
	PYTHONPATH=benchmarks/quality .venv/bench/bin/python benchmarks/history/run.py $(HISTORY_ARGS)

bench-histories: .venv/bench/.stamp  ## how long timelines, threads and journeys take, and how that grows; HISTORY_ARGS takes options
	PYTHONPATH=benchmarks/quality .venv/bench/bin/python benchmarks/history/scale.py $(HISTORY_ARGS)

bench-store: .venv/bench/.stamp  ## how fast an identity store takes records in and finds people; STORE_ARGS takes options (see --help)
	PYTHONPATH=benchmarks/quality .venv/bench/bin/python benchmarks/store/run.py $(STORE_ARGS)

bench-store-kills: .venv/bench/.stamp  ## processes that are killed while they write, and what is in their store then; STORE_ARGS takes options
	PYTHONPATH=benchmarks/quality:tests/support .venv/bench/bin/python benchmarks/store/kills.py $(STORE_ARGS)

bench-store-writers: .venv/bench/.stamp  ## many processes that write at once: how fast, and whether the people are those of the batch; STORE_ARGS takes options
	PYTHONPATH=benchmarks/quality:tests/support .venv/bench/bin/python benchmarks/store/many_writers.py $(STORE_ARGS)

PEERS := splink goldenmatch custmatch dedupe recordlinkage

bench-peers: .venv/bench/.stamp $(PEERS:%=.venv/peer-%/.stamp)  ## match quality beside other libraries; PEERS_ARGS takes options (see --help)
	PYTHONPATH=benchmarks/quality .venv/bench/bin/python -m peers $(PEERS_ARGS)

docs: .venv/test/.stamp  ## every example in the documentation runs and every link leads somewhere
	.venv/test/bin/python -m pytest -rs tests/test_docs.py

clean:  ## remove everything that the targets make
	rm -rf .venv build dist demo-out .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache
	find src tests benchmarks examples -name __pycache__ -type d -prune -exec rm -rf {} +

# The demo runs the package as it is installed, not the checkout, so a file that the wheel lacks is noticed.
.venv/demo/.stamp: pyproject.toml README.md $(SOURCES)
	test -x .venv/demo/bin/python || $(PYTHON) -m venv .venv/demo
	.venv/demo/bin/python -m pip install --quiet .
	.venv/demo/bin/python -m pip install --quiet --no-deps --force-reinstall .
	touch $@

.venv/test/.stamp: INSTALL = -e .[test]
.venv/lint/.stamp: INSTALL = -e .[lint,test]
.venv/bench/.stamp: INSTALL = -e .[bench]
.venv/test-pandas2/.stamp: INSTALL = -e .[test,recordlinkage] pandas<3

.venv/test/.stamp .venv/lint/.stamp .venv/bench/.stamp .venv/test-pandas2/.stamp: pyproject.toml
	rm -rf $(@D)
	$(PYTHON) -m venv $(@D)
	$(@D)/bin/python -m pip install --quiet $(foreach each,$(INSTALL),"$(each)")
	touch $@

.venv/peer-%/.stamp: benchmarks/quality/peers/requirements/%.txt
	rm -rf $(@D)
	$(PYTHON) -m venv $(@D)
	$(@D)/bin/python -m pip install --quiet -r $<
	touch $@
