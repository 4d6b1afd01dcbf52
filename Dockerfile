# Stages
#   build    installs the locked dependencies and compiles them and the bot to bytecode
#   runtime  what is shipped: the bot, its dependencies, and nothing that installs or compiles
#
# The base is pinned by tag, for people, and by the digest of its multi-platform index, for docker.
# A newer one: `docker buildx imagetools inspect python:<tag>` prints it; it stands here once.

ARG BASE=python:3.11.14-slim-bookworm@sha256:65a93d69fa75478d554f4ad27c85c1e69fa184956261b4301ebaf6dbb0a3543d

FROM ${BASE} AS build

ENV PIP_DISABLE_PIP_VERSION_CHECK=1 \
    PIP_NO_CACHE_DIR=1

WORKDIR /app

# Dependencies before source: they change less often.
COPY requirements/run.txt requirements/run.txt
RUN python -m venv --without-pip /venv \
    && pip --python /venv/bin/python install --require-hashes --requirement requirements/run.txt \
    && python -m compileall -q /venv

COPY . .
RUN python -m compileall -q .


FROM ${BASE} AS runtime

# The file system may be read-only: nothing is written, least of all bytecode.
ENV PATH=/venv/bin:$PATH \
    PYTHONDONTWRITEBYTECODE=1 \
    PYTHONUNBUFFERED=1

COPY --from=build /venv /venv
COPY --from=build /app /app

WORKDIR /app
USER 10001:10001
EXPOSE 3000

# Alive means that the event loop turns; whether MongoDB or Notion is there is for /readyz, /health.
HEALTHCHECK --interval=15s --timeout=5s --start-period=20s --retries=3 \
    CMD ["python", "-c", "import os, urllib.request as r; r.build_opener(r.ProxyHandler({})).open(f\"http://127.0.0.1:{os.environ.get('PORT') or 3000}/livez\", timeout=4)"]

ENTRYPOINT ["python", "-m", "bot"]
CMD ["serve"]
