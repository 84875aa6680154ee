# The production image: the service and its locked packages; no compiler, no PostgreSQL, no root.
ARG PYTHON=3.13

FROM python:${PYTHON}-slim AS build
WORKDIR /src
RUN python -m venv /opt/accord
COPY requirements.image.lock ./
# Wheels only: a package that would need a compiler stops the build here.
RUN /opt/accord/bin/pip install --no-cache-dir --only-binary=:all: --require-hashes \
        -r requirements.image.lock
COPY . .
RUN /opt/accord/bin/pip install --no-cache-dir --no-deps --no-build-isolation . \
    && /opt/accord/bin/pip uninstall --yes hatchling trove-classifiers pathspec pluggy pip \
    && python -m compileall -q /opt/accord

FROM python:${PYTHON}-slim
LABEL org.opencontainers.image.title="accord" \
      org.opencontainers.image.description="Payment plans on overdue debt" \
      org.opencontainers.image.licenses="Apache-2.0"
RUN useradd --system --uid 10001 --no-create-home --shell /usr/sbin/nologin accord
COPY --from=build /opt/accord /opt/accord
ENV PATH=/opt/accord/bin:$PATH \
    PYTHONDONTWRITEBYTECODE=1 \
    PYTHONUNBUFFERED=1 \
    ACCORD_HOST=0.0.0.0 \
    ACCORD_PORT=8000
USER 10001
WORKDIR /opt/accord
EXPOSE 8000
STOPSIGNAL SIGTERM
HEALTHCHECK --interval=10s --timeout=4s --start-period=20s --retries=3 \
    CMD ["python", "-c", "import os, urllib.request as u; u.urlopen(f'http://127.0.0.1:{os.environ[\"ACCORD_PORT\"]}/healthz', timeout=3)"]
ENTRYPOINT ["accord"]
CMD ["serve"]
