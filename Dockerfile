# Worker and API in one image: the sources as they are (Node 24 runs TypeScript), with the workflow bundle built once.
FROM node:24.21-bookworm-slim AS packages
WORKDIR /app
COPY package.json package-lock.json .npmrc ./
# The image brings Node itself; the optional packages stay, because the bundler's compiler is one of them.
RUN npm ci --omit=dev && rm -rf node_modules/node-linux-* node_modules/.bin/node
COPY domain domain
COPY contracts contracts
COPY workflows workflows
COPY activities activities
COPY worker worker
COPY scripts scripts
RUN node scripts/bundle.ts /app/workflow-bundle.js && rm -rf node_modules/.cache

FROM node:24.21-bookworm-slim
RUN apt-get update && apt-get install -y --no-install-recommends ca-certificates git openssh-client && rm -rf /var/lib/apt/lists/*
WORKDIR /app
COPY --from=packages /app ./
COPY adapters adapters
COPY config config
COPY api api
COPY cli cli
COPY okiagari.mjs ./
# Named volumes take over the owner of the folder they cover.
RUN mkdir -p /var/lib/okiagari && chown node:node /var/lib/okiagari
ENV NODE_ENV=production OKIAGARI_WORKFLOW_BUNDLE=/app/workflow-bundle.js
USER node
ENTRYPOINT ["node", "cli/main.ts"]
CMD ["worker"]
