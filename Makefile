# Needs Python 3.11+ and make; everything else comes from the package registry into .venv.

PYTHON ?= python3
UV_VERSION := 0.13.9
BIN := .venv/bin
UV := .venv/uv/bin/uv
SERVED := $(BIN)/python -m hub.devservices run --
# pytest's own options: make test ARGS="-k census -x"
ARGS ?=
WORKERS ?= auto

export UV_PYTHON_DOWNLOADS := never
export UV_PROJECT_ENVIRONMENT := .venv

.DEFAULT_GOAL := help
.PHONY: help setup demo run test drill check lint types django bench messages format lock

help: ## показать команды
	@grep -hE '^[a-z]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/^([a-z]+):.*## (.*)/  make \1\t\2/' | expand -t 18

setup: .venv/ready ## поставить зависимости в .venv (остальные команды делают это сами)

demo: .venv/ready ## поднять демо-город: PORT=8000, HOST=127.0.0.1, DEMO_PASSWORD=…
	@exec $(BIN)/python -m hub.demo

run: .venv/ready ## сервер разработчика с перезагрузкой: PORT=8000
	@DEBUG=1 $(SERVED) sh -c '$(BIN)/python manage.py migrate -v 0 && exec $(BIN)/python manage.py runserver $${PORT:-8000}'

test: .venv/ready ## все тесты; без Chromium тесты в браузере пропускаются: ARGS="-k перепись -x"
	$(BIN)/python -m pytest -n $(WORKERS) --dist loadgroup $(ARGS)

drill: .venv/ready ## учение: процессы гибнут, диск горит — письма и данные целы
	$(BIN)/python -m pytest tests/drills -m drill -s -q

check: .venv/ready lint types django test drill ## всё, что проверяет CI

lint: .venv/ready ## стиль, направление импортов, зависимости, шаблоны, переводы
	$(UV) lock --check
	$(BIN)/ruff check
	$(BIN)/ruff format --check
	$(BIN)/lint-imports
	$(BIN)/deptry .
	$(BIN)/djlint templates --lint --quiet
	$(BIN)/python -m hub.messages check

types: .venv/ready ## mypy
	DEBUG=1 DATABASE_URL=postgres:///hub REDIS_URL=redis://localhost $(BIN)/mypy

# The servers are throwaway, the settings those of production.
django: .venv/ready ## миграции и проверки Django с боевыми настройками
	LOG_LEVEL=WARNING SECRET_KEY=$$($(BIN)/python -c 'import secrets; print(secrets.token_urlsafe(64))') \
	DEBUG=0 DEMO=0 ALLOWED_HOSTS=hub.example EMAIL_URL=smtp://localhost:25 $(BIN)/python -m hub.devservices throwaway -- sh -euc '\
		$(BIN)/python manage.py makemigrations --check --dry-run; \
		$(BIN)/python manage.py migrate --verbosity 0; \
		$(BIN)/python manage.py check --deploy --fail-level WARNING --database default; \
		PYTHONPATH=. $(BIN)/python .ci/migrations.py'

bench: .venv/ready ## замеры скорости: таблица отношений
	$(BIN)/python -m bench $(ARGS)

messages: .venv/ready ## собрать тексты для перевода в locale/
	$(BIN)/python -m hub.messages extract

format: .venv/ready ## привести код к одному виду
	$(BIN)/ruff check --fix
	$(BIN)/ruff format

lock: $(UV) ## обновить uv.lock
	$(UV) lock --upgrade

# --- installing --------------------------------------------------------------------------------------

# The lock names the public registry. Where only pip knows the way to a mirror, pip installs the same
# versions and checks the same hashes.
.venv/ready: uv.lock pyproject.toml $(UV)
	@$(UV) sync --frozen --quiet --compile-bytecode || { \
		echo "uv не скачал пакеты, пробую pip"; \
		$(UV) export --frozen --quiet --output-file .venv/requirements.txt && \
		$(BIN)/python -m pip install --quiet --require-hashes --no-deps --requirement .venv/requirements.txt; }
	@touch $@

$(UV):
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
		{ echo "Нужен Python 3.11 или новее; если он зовётся иначе: make PYTHON=python3.12 …"; exit 1; }
	@echo "Ставлю зависимости в .venv (один раз)…"
	@$(PYTHON) -m venv .venv || \
		{ echo "В этом Python нет ensurepip. Debian/Ubuntu: apt install python3-venv"; exit 1; }
	@$(BIN)/python -m pip install --quiet --target .venv/uv uv==$(UV_VERSION)
