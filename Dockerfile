# One image; the command picks the role: `caunoi role visits-api`, `caunoi migrate`, `caunoi up`.
FROM python:3.11-slim AS build
ENV PIP_DISABLE_PIP_VERSION_CHECK=1 PIP_NO_CACHE_DIR=1
RUN python -m venv /app/venv
WORKDIR /app/src
COPY requirements.lock .
RUN /app/venv/bin/pip install --require-hashes -r requirements.lock
COPY pyproject.toml README.md LICENSE ./
COPY shared shared
COPY services services
COPY caunoi caunoi
COPY benchmarks benchmarks
COPY data data
RUN /app/venv/bin/pip install --no-deps --no-build-isolation -e . \
    && /app/venv/bin/python -m compileall -q shared services caunoi

FROM python:3.11-slim
RUN useradd --uid 10001 --create-home caunoi && install -d -o caunoi -g caunoi -m 700 /data
COPY --from=build /app /app
WORKDIR /app/src
ENV PATH=/app/venv/bin:$PATH PYTHONUNBUFFERED=1 PYTHONDONTWRITEBYTECODE=1 CAUNOI_HOME=/data
USER 10001
STOPSIGNAL SIGTERM
ENTRYPOINT ["caunoi"]
CMD ["--help"]
