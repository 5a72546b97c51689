# `make demo` and `make test` are the two commands a stranger needs.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin

.PHONY: demo test check format schemas docs bench wheel clean

$(VENV)/.core: pyproject.toml
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --editable .
	@echo "Compiling the kernels once ..."
	$(BIN)/curator doctor --warm > /dev/null
	@touch $@

$(VENV)/.test: $(VENV)/.core
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --editable ".[models,tune,test]"
	@touch $@

demo: $(VENV)/.core  ## Curate the sample data and say where the report is
	$(BIN)/curator run sample_data/recipe.yaml --out runs/demo

test: $(VENV)/.test  ## Run the whole suite
	$(BIN)/python -m pytest --cov --cov-report=term:skip-covered -n 2

check: $(VENV)/.test  ## Format, lint, types, floors, fresh schemas
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/curator schema --check schemas

format: $(VENV)/.test
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .

schemas: $(VENV)/.core  ## Write the JSON Schemas anew
	$(BIN)/curator schema --out schemas

docs: $(VENV)/.test  ## Write docs/filters.md anew, its examples run
	$(BIN)/python docs/write_filters.py

bench: $(VENV)/.core  ## Measure beside datasketch and rensa, whole runs, and what-if
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --editable ".[bench]"
	$(BIN)/python benchmarks/near_duplicates.py $${CURATOR_DATA:-../shared/data}
	$(BIN)/python benchmarks/whole_run.py $${CURATOR_DATA:-../shared/data}
	$(BIN)/python benchmarks/what_if.py

wheel: $(VENV)/.test
	$(BIN)/python -m pip install --quiet --disable-pip-version-check build
	$(BIN)/python -m build --wheel

clean:
	rm -rf $(VENV) dist build runs .mypy_cache .ruff_cache .pytest_cache
