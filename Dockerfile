FROM python:3.13-slim-bookworm AS build
WORKDIR /app
ENV UV_COMPILE_BYTECODE=1 UV_LINK_MODE=copy UV_PYTHON_DOWNLOADS=never
RUN pip install --no-cache-dir uv==0.13.9
COPY pyproject.toml uv.lock ./
RUN uv sync --frozen --no-default-groups
COPY . .
ENV PATH=/app/.venv/bin:$PATH
RUN python -m compileall -q hub communities events grants knowledge reports \
    && python -m hub.messages compile
# Static files are the same for every installation; these settings serve this one command.
RUN DEMO=1 DATABASE_URL=postgres:///build REDIS_URL=redis://build STATIC_ROOT=/app/staticfiles \
    python manage.py collectstatic --noinput --verbosity 0

FROM python:3.13-slim-bookworm
RUN useradd --system --uid 10001 --no-create-home hub \
    && install --directory --owner hub --group hub /data /data/media
WORKDIR /app
COPY --from=build /app /app
ENV PATH=/app/.venv/bin:$PATH PYTHONUNBUFFERED=1 PYTHONDONTWRITEBYTECODE=1 \
    DATA_DIR=/data STATIC_ROOT=/app/staticfiles
USER hub
VOLUME /data
EXPOSE 8000
HEALTHCHECK --interval=15s --timeout=5s --start-period=30s CMD ["python", "-c", "\
import os, urllib.request as r; \
host = os.environ['ALLOWED_HOSTS'].split(',')[0].lstrip('.'); \
r.urlopen(r.Request('http://127.0.0.1:8000/healthz', headers={'Host': host}), timeout=4)"]
# The number of workers is gunicorn's own WEB_CONCURRENCY. No access log: addresses are personal data.
CMD ["gunicorn", "hub.wsgi", "--bind=0.0.0.0:8000", "--worker-class=gthread", "--threads=4", \
     "--worker-tmp-dir=/dev/shm", "--no-control-socket", "--max-requests=5000", "--max-requests-jitter=500"]
