# One image for the web replicas and the mailer. Built in two steps, so that no build tool stays in it.
FROM python:3.13-slim AS build
WORKDIR /src
COPY requirements.lock requirements-build.lock ./
RUN python -m venv /venv \
 && /venv/bin/pip install --no-cache-dir --require-hashes --no-deps -r requirements.lock \
 && python -m pip install --no-cache-dir --require-hashes --no-deps -r requirements-build.lock
COPY pyproject.toml README.md LICENSE ./
COPY summit_service summit_service
COPY piccolo_migrations piccolo_migrations
COPY templates templates
RUN python -m build --wheel --no-isolation --outdir /dist \
 && /venv/bin/pip install --no-cache-dir --no-deps /dist/*.whl

FROM python:3.13-slim
RUN useradd --system --create-home --uid 10001 summit \
 && install --directory --owner summit /var/lib/summit
COPY --from=build /venv /venv
ENV PATH=/venv/bin:$PATH PYTHONUNBUFFERED=1 SUMMIT_VAR_DIR=/var/lib/summit SUMMIT_LOG_FORMAT=json
USER summit
WORKDIR /var/lib/summit
EXPOSE 8000
HEALTHCHECK --interval=10s --timeout=5s --start-period=20s \
  CMD ["python", "-c", "import urllib.request; urllib.request.urlopen('http://127.0.0.1:8000/healthz', timeout=4)"]
CMD ["summit", "serve", "--host", "0.0.0.0"]
