# unmask in a container: a Debian with a JDK, and what the launcher builds. The steps are those of .ci/fresh-machine, which also tries
# the result without a container's runtime (case container).
#
#   docker build -t unmask .
#   docker run --read-only --tmpfs /tmp --cap-drop ALL --security-opt no-new-privileges -v unmask:/data -v "$PWD:/videos:ro" \
#     unmask detect /videos/interview.mp4
FROM debian:bookworm-slim AS build
RUN apt-get update && apt-get install -y --no-install-recommends openjdk-17-jdk-headless maven
COPY . /opt/unmask
# The first run builds, and judges a sample clip to see that it works.
RUN cd /opt/unmask && ./unmask detect samples/clips/forged-1.mp4

FROM debian:bookworm-slim
RUN apt-get update && apt-get install -y --no-install-recommends openjdk-17-jre-headless \
    && rm -rf /var/lib/apt/lists/* \
    && useradd --uid 10001 --home-dir /data --no-create-home unmask && mkdir /data && chown unmask /data
COPY --from=build /opt/unmask/unmask /opt/unmask/unmask
COPY --from=build /opt/unmask/target /opt/unmask/target
USER unmask
ENV UNMASK_DATA_DIRECTORY=/data
WORKDIR /data
VOLUME /data
ENTRYPOINT ["/opt/unmask/unmask"]
CMD ["--help"]
