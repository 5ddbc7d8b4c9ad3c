# Everything is installed into /opt/venv, apart from the Python tools that the base image brings for its own use.

FROM docker.io/airbyte/python-connector-base:4.1.0@sha256:1d1aa21d34e851df4e8a87b391c27724c06e2597608e7161f4d167be853bd7b6 AS builder
ENV PIP_NO_CACHE_DIR=1 PIP_DISABLE_PIP_VERSION_CHECK=1
WORKDIR /build

# Compiled here, since nothing can be written where the image runs.
COPY requirements.lock ./
RUN python -m venv --without-pip /opt/venv \
    && python -m pip --python /opt/venv/bin/python install --quiet --no-compile --require-hashes -r requirements.lock \
    && /opt/venv/bin/python -m compileall -qq -j 0 --invalidation-mode unchecked-hash /opt/venv/lib

COPY image/build-requirements.lock ./
RUN python -m venv --without-pip tools \
    && python -m pip --python tools/bin/python install --quiet --require-hashes -r build-requirements.lock

# A tree of its own, so that a new version of the connector is a small layer on top of the same dependencies.
COPY setup.py pyproject.toml LICENSE ./
COPY source_bigcommerce source_bigcommerce
RUN python -m pip --python tools/bin/python wheel --quiet --no-deps --no-build-isolation --wheel-dir wheels . \
    && python -m pip --python /opt/venv/bin/python install --quiet --no-deps --no-compile \
        --no-index --find-links wheels --root /connector bigcommerce-mirror \
    && /opt/venv/bin/python -m compileall -qq --invalidation-mode unchecked-hash -s /connector -p / /connector


FROM docker.io/airbyte/python-connector-base:4.1.0@sha256:1d1aa21d34e851df4e8a87b391c27724c06e2597608e7161f4d167be853bd7b6

COPY --from=builder /opt/venv /opt/venv
COPY --from=builder /connector /
WORKDIR /airbyte/integration_code
COPY main.py ./

LABEL io.airbyte.name=bigcommerce-mirror \
      io.airbyte.version=1.0.0 \
      org.opencontainers.image.title=bigcommerce-mirror \
      org.opencontainers.image.description="Airbyte source connector for BigCommerce" \
      org.opencontainers.image.version=1.0.0 \
      org.opencontainers.image.licenses=MIT

# glibc keeps a heap for each thread, as large as the largest page that the thread ever decoded; these return the memory.
ENV MALLOC_ARENA_MAX=2 MALLOC_MMAP_THRESHOLD_=1048576

# The user `airbyte` of the base image, as a number: Kubernetes cannot verify that a name is not root.
USER 1000

# Airbyte's platform starts the command of the variable, everyone else that of the image. It is main.py and not the
# console script, because main.py listens for SIGTERM before it imports anything: a first process without a handler
# cannot be stopped, only killed.
ENV AIRBYTE_ENTRYPOINT="/opt/venv/bin/python /airbyte/integration_code/main.py"
ENTRYPOINT ["/opt/venv/bin/python", "/airbyte/integration_code/main.py"]
