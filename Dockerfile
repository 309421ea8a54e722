# syntax=docker/dockerfile:1

# Lightship in a container: the binary, the sample content and nothing else of ours.
# How to run it: docs/deploy.md.

FROM rust:1.95-slim-bookworm AS build
# The image has what SQLite and ring, which are partly C, need to be compiled: gcc and libc6-dev.
WORKDIR /src
COPY . .
# The caches last from build to build and aren't part of the image, so the binary is moved out.
RUN --mount=type=cache,target=/usr/local/cargo/registry \
    --mount=type=cache,target=/src/target \
    cargo build --release --locked --features s3 --bin lightship \
    && cp target/release/lightship /usr/local/bin/lightship
# An empty folder to copy: a new volume takes its owner from it.
RUN mkdir /empty

FROM debian:bookworm-slim
# No certificates are installed: roots for outgoing TLS are compiled in.
RUN groupadd --system --gid 10001 lightship \
    && useradd --system --uid 10001 --gid 10001 --no-create-home --home-dir /nonexistent \
        --shell /usr/sbin/nologin lightship
COPY --from=build /usr/local/bin/lightship /usr/local/bin/lightship
COPY --from=build --chown=10001:10001 /empty /data
# The sample; mount your own folder over it.
COPY content /content

# The machine has a fixed name, because a container gets a new one each time it is made, and the
# database takes content from the machine that it knows.
ENV LIGHTSHIP_LISTEN=0.0.0.0:8080 \
    LIGHTSHIP_DATABASE=sqlite:/data/lightship.db \
    LIGHTSHIP_CONTENT=/content \
    LIGHTSHIP_MACHINE=container \
    MALLOC_ARENA_MAX=1

USER 10001:10001
WORKDIR /data
VOLUME /data
EXPOSE 8080
STOPSIGNAL SIGTERM
HEALTHCHECK --interval=30s --timeout=5s --start-period=20s --retries=3 \
    CMD ["lightship", "healthcheck"]
ENTRYPOINT ["lightship"]
CMD ["serve"]
