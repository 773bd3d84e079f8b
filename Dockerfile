# Builds the service and packs it with nothing but its runtime libraries.
#   docker build -t byteedit .
# Scripts/check-image carries these steps out without a container engine and serves an edit from them.

ARG BUILD_IMAGE=swift:6.2-bookworm
ARG RUNTIME_IMAGE=debian:12-slim

FROM ${BUILD_IMAGE} AS build
WORKDIR /source
COPY Scripts/setup Scripts/setup
RUN Scripts/setup && rm -rf /var/lib/apt/lists/*
COPY . .
# The build folder is kept from build to build, so what is wanted of it is copied in the same step.
RUN --mount=type=cache,target=/source/.build \
  swift build -c release --product byteedit --static-swift-stdlib \
  && built="$(swift build -c release --static-swift-stdlib --show-bin-path)" \
  && install -D "$built/byteedit" /install/bin/byteedit \
  && strip --strip-debug /install/bin/byteedit \
  && mkdir -p /install/share/byteedit \
  && cp -R "$built/byteedit_DefaultModel.resources/." /install/share/byteedit/

FROM ${RUNTIME_IMAGE}
ARG VERSION=0.1.0
LABEL org.opencontainers.image.title="byteedit" \
  org.opencontainers.image.description="Edits pictures by mask and prompt over HTTP." \
  org.opencontainers.image.version="${VERSION}"
RUN apt-get update \
  && apt-get install -y --no-install-recommends \
    libopenblas0-pthread libjpeg62-turbo libpng16-16 liblcms2-2 libsqlite3-0 libpq5 libssl3 \
  && rm -rf /var/lib/apt/lists/* \
  && groupadd --system --gid 10001 byteedit \
  && useradd --system --uid 10001 --gid 10001 --no-create-home --home-dir /data \
    --shell /usr/sbin/nologin byteedit \
  && install -d -o 10001 -g 10001 -m 0700 /data
COPY --from=build /install/ /usr/local/
# The root may be read-only: only /data and /tmp (large uploads while they arrive) are written.
ENV BYTEEDIT_HOST=0.0.0.0 \
  BYTEEDIT_PORT=8080 \
  BYTEEDIT_DATA_DIR=/data
USER 10001:10001
WORKDIR /data
VOLUME ["/data"]
EXPOSE 8080
STOPSIGNAL SIGTERM
HEALTHCHECK --interval=10s --timeout=5s --start-period=60s --retries=3 \
  CMD ["byteedit", "health"]
ENTRYPOINT ["byteedit"]
CMD ["serve"]
