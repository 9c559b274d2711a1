# Usher in a container: docs/running.md says how it is set up and started.
FROM node:24-slim AS packages
WORKDIR /usher
COPY package.json package-lock.json .npmrc ./
# No install script runs: the image brings Node 24 itself, and nothing else needs one.
RUN npm ci --omit=dev --ignore-scripts && npm cache clean --force

FROM node:24-slim
ENV NODE_ENV=production \
    USHER_CONFIG=/config/config.json \
    USHER_DATA_DIR=/data \
    NODE_COMPILE_CACHE=/usher/.cache/compiled \
    MALLOC_ARENA_MAX=1 \
    MALLOC_MMAP_THRESHOLD_=65536 \
    MALLOC_TRIM_THRESHOLD_=65536
WORKDIR /usher
COPY --from=packages /usher/node_modules ./node_modules
COPY package.json LICENSE ./
COPY scripts/health.mjs ./scripts/health.mjs
COPY templates ./templates
COPY assets ./assets
COPY src ./src
# What an operator runs beside Usher itself, as `docker run … usher setup`.
RUN printf '#!/bin/sh\nexec node /usher/src/config/setup.ts "$@"\n' > /usr/local/bin/setup \
 && printf '#!/bin/sh\nexec node /usher/src/matrix/crypto/cli.ts "$@"\n' > /usr/local/bin/crypto \
 && chmod 755 /usr/local/bin/setup /usr/local/bin/crypto
# Secrets that Usher makes itself (recovery key, store key) are kept beside the data, not in it. `node` is user 1000, group 1000.
RUN mkdir -p /config /data /secrets /usher/.cache && chown node:node /config /data /secrets /usher/.cache
USER node
# Compiled once, here, by the user who runs it: the start takes half the time and less memory.
RUN node -e 'import("/usher/src/usher.ts").then(() => process.exit(0))'
VOLUME ["/config", "/data", "/secrets"]
# Three failures, a minute apart, after a sync that was silent for 150 s.
HEALTHCHECK --interval=60s --timeout=10s --start-period=90s --retries=3 CMD ["node", "scripts/health.mjs"]
# Node itself is process 1 and gets SIGTERM: Usher then finishes what runs, for up to ten seconds, and exits 0.
STOPSIGNAL SIGTERM
# The option, and MALLOC_… above, keep the memory small: scripts/memory.mjs says why.
CMD ["node", "--optimize-for-size", "--no-concurrent-sparkplug", "--no-concurrent-recompilation", "src/main.ts"]
