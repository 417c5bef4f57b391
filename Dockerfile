# Tracking on processors: the driver of a run, and the workers of a Dask cluster. docs/scale.md says how to use it.
FROM python:3.12-slim AS build
WORKDIR /src
COPY pyproject.toml README.md LICENSE ./
COPY src src
RUN pip wheel --no-cache-dir --no-deps --wheel-dir /wheels .

FROM python:3.12-slim
COPY --from=build /wheels /wheels
RUN pip install --no-cache-dir "$(ls /wheels/tennalytix-*.whl)[dask,gcs,s3]" && rm -r /wheels \
    && useradd --create-home tennis
COPY conf /opt/tennalytix/conf
# Kedro asks for the folder, of which .dockerignore leaves out all that is in it.
RUN mkdir -p /opt/tennalytix/conf/local
ENV TENNALYTIX_CONF=/opt/tennalytix/conf \
    KEDRO_LOGGING_CONFIG=/opt/tennalytix/conf/logging.yml \
    KEDRO_DISABLE_TELEMETRY=1 DO_NOT_TRACK=1 PYTHONUNBUFFERED=1
USER tennis
WORKDIR /home/tennis
# Killed at once, a run goes on where it was: nothing has to be wound up.
CMD ["tennalytix", "--pipeline=tracking"]
