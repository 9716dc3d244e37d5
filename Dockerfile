# syntax=docker/dockerfile:1
# Targets: service (API and migrations), worker-cpu, worker-gpu.
#   docker build --target worker-cpu -t greenformers/worker-cpu:0.1.0 .
# Base images are named by version; the release workflow builds them by digest.
ARG JDK=eclipse-temurin:25-jdk-noble
ARG JRE=eclipse-temurin:25-jre-noble
ARG CUDA=nvidia/cuda:13.1.0-cudnn-runtime-ubuntu24.04

FROM ${JDK} AS build
WORKDIR /src
COPY . .
RUN --mount=type=cache,target=/root/.m2 \
    ./mvnw -B --no-transfer-progress -DskipTests -pl service,engine -am package && \
    ci/image-files service /image/service && \
    ci/image-files worker /image/worker

FROM build AS build-gpu
RUN --mount=type=cache,target=/root/.m2 \
    ./mvnw -B --no-transfer-progress -DskipTests -Pgpu -pl engine -am clean package && \
    ci/image-files worker /image/worker

FROM ${JRE} AS jre

# what all images have; everything is read-only but /tmp and /var/lib/greenformers
FROM ${JRE} AS base
COPY ci/aot-cache /usr/local/bin/
# ONNX Runtime 1.29 looks for an id of the machine: the same for all
RUN install -d -o 10001 -g 10001 /var/lib/greenformers && \
    printf greenformers | sha256sum | cut -c 1-32 >/etc/machine-id
ENV GREENFORMERS_HOME=/opt/greenformers GREENFORMERS_DATA=/var/lib/greenformers XDG_CACHE_HOME=/tmp/cache LANG=C.UTF-8
EXPOSE 8080
ENTRYPOINT []
CMD ["java", "@/opt/greenformers/run/service"]
HEALTHCHECK --interval=30s --timeout=15s --start-period=60s \
  CMD ["java", "@/opt/greenformers/run/health", "http://127.0.0.1:8080/actuator/health/readiness"]

FROM base AS service
COPY --from=build /image/service /
RUN aot-cache java /opt/greenformers
USER 10001:10001

FROM base AS worker-cpu
RUN apt-get update && apt-get install -y --no-install-recommends libgomp1 && rm -rf /var/lib/apt/lists/*
COPY --from=build /image/worker /
RUN aot-cache java /opt/greenformers
USER 10001:10001

FROM ${CUDA} AS worker-gpu
RUN apt-get update && apt-get install -y --no-install-recommends libgomp1 && rm -rf /var/lib/apt/lists/* && \
    install -d -o 10001 -g 10001 /var/lib/greenformers && \
    printf greenformers | sha256sum | cut -c 1-32 >/etc/machine-id
COPY --from=jre /opt/java/openjdk /opt/java/openjdk
COPY ci/aot-cache /usr/local/bin/
ENV PATH=/opt/java/openjdk/bin:$PATH GREENFORMERS_HOME=/opt/greenformers GREENFORMERS_DATA=/var/lib/greenformers \
    XDG_CACHE_HOME=/tmp/cache LANG=C.UTF-8
COPY --from=build-gpu /image/worker /
RUN aot-cache java /opt/greenformers
EXPOSE 8080
USER 10001:10001
ENTRYPOINT []
CMD ["java", "@/opt/greenformers/run/service"]
HEALTHCHECK --interval=30s --timeout=15s --start-period=60s \
  CMD ["java", "@/opt/greenformers/run/health", "http://127.0.0.1:8080/actuator/health/readiness"]
