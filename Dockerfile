# The service misc-scripts: the tools of pgbraid, its scripts, and PostgreSQL's client programs.
#
# The base is an image of PostgreSQL, Debian's kind: so pg_dump is as new as the server that
# docker-compose.yml runs from the same image.
ARG BASE=postgres:15

FROM ${BASE} AS build
WORKDIR /src
COPY scripts/setup scripts/setup
RUN scripts/setup build
COPY . .
RUN make -s -j"$(nproc)" all && make -s install DESTDIR=/out PREFIX=/opt/pgbraid

FROM ${BASE}
COPY scripts/setup /tmp/setup
RUN /tmp/setup client && rm -rf /tmp/setup /var/lib/apt/lists/*
COPY --from=build /out/opt/pgbraid /opt/pgbraid
# Each tool finds its libraries here, too.
RUN for tool in /opt/pgbraid/bin/*; do "$tool" --version || exit 1; done
ENV PATH=/opt/pgbraid/bin:$PATH PGBRAID_HOME=/opt/pgbraid/share/pgbraid LANG=C.UTF-8 HOME=/tmp TMPDIR=/var/tmp
WORKDIR /project
USER 1000:1000
STOPSIGNAL SIGTERM
ENTRYPOINT ["/opt/pgbraid/share/pgbraid/scripts/misc-entry"]
CMD []
