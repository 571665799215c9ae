# make run: install, fetch once, serve the page.   make test: everything that is tested.   Both are safe to repeat.
PYTHON ?= python3
VENV ?= .venv
BIN := $(VENV)/bin
DEMO ?= sms

.PHONY: run setup test fast lint bench bench-answers bench-rows bench-engine bench-generate bench-parser screenshot clean bench-change

run: setup
	$(BIN)/askwhy serve --settings $(DEMO)

setup: $(VENV)/.installed
	$(BIN)/askwhy setup --settings $(DEMO)

$(VENV)/.installed: pyproject.toml
	$(PYTHON) -m venv $(VENV)
	@echo "Installing into $(VENV) (about 2 GB, a few minutes the first time) ..."
	@$(BIN)/python -m pip install -qq --upgrade pip
	@$(BIN)/python -m pip install -qq -e .
	touch $@

$(VENV)/.tested: pyproject.toml $(VENV)/.installed
	@echo "Installing what tests need ..."
	@$(BIN)/python -m pip install -qq -e '.[test]'
	touch $@

tests/.browser:
	sh tests/web/install_browser.sh
	touch $@

test: $(VENV)/.tested tests/.browser
	$(BIN)/askwhy setup
	$(BIN)/python -m pytest -q

fast: $(VENV)/.tested
	$(BIN)/python -m pytest -q -m "not real and not browser"

lint: $(VENV)/.tested
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/lint-imports

bench: $(VENV)/.tested
	$(BIN)/askwhy setup
	$(BIN)/python benchmarks/turns.py --write docs/measured.md

bench-answers: $(VENV)/.tested
	$(BIN)/askwhy setup
	OMP_NUM_THREADS=2 $(BIN)/python -W ignore -m benchmarks.answers $(OPTIONS)

bench-rows: $(VENV)/.tested
	$(BIN)/askwhy setup
	OMP_NUM_THREADS=2 $(BIN)/python -W ignore -m benchmarks.rows $(OPTIONS)

# other libraries in an environment of their own: some want old versions of what the others need
.venv-peers/.installed: pyproject.toml benchmarks/peers.txt benchmarks/peers_alone.txt
	$(PYTHON) -m venv .venv-peers
	.venv-peers/bin/python -m pip install -qq --upgrade pip
	.venv-peers/bin/python -m pip install -qq -e .
	.venv-peers/bin/python -m pip install -qq -r benchmarks/peers.txt
	.venv-peers/bin/python -m pip install -qq --no-deps -r benchmarks/peers_alone.txt
	touch $@

bench-engine: .venv-peers/.installed
	.venv-peers/bin/askwhy setup
	OMP_NUM_THREADS=1 .venv-peers/bin/python -W ignore -m benchmarks.engine $(OPTIONS)

bench-generate: .venv-peers/.installed
	.venv-peers/bin/askwhy setup
	OMP_NUM_THREADS=1 .venv-peers/bin/python -W ignore -m benchmarks.generate $(OPTIONS)

bench-parser: $(VENV)/.tested
	$(BIN)/askwhy setup
	$(BIN)/python -W ignore -m benchmarks.parser $(OPTIONS)

# TextFooler in an environment of its own, since it wants an older transformers; where it cannot be installed the page says so
.venv-textfooler/.tried: $(VENV)/.tested
	$(PYTHON) -m venv .venv-textfooler
	-.venv-textfooler/bin/python -m pip install -qq torch==2.13.0 textattack 'transformers<5'
	touch $@

bench-change: $(VENV)/.tested .venv-textfooler/.tried
	$(BIN)/askwhy setup
	OMP_NUM_THREADS=2 $(BIN)/python -W ignore -m benchmarks.change $(OPTIONS)

screenshot: $(VENV)/.tested tests/.browser
	$(BIN)/python -m tests.web.screenshot

clean:
	rm -rf $(VENV) .venv-peers .venv-textfooler tests/.browser build *.egg-info
