# Worker, calendar, health pages and the page of the queue in one process; commands run in the same image (docker compose run --rm orchestrator status …).
FROM node:24-bookworm-slim
ENV NODE_ENV=production
WORKDIR /app
COPY package.json package-lock.json ./
RUN npm ci --omit=dev && npm cache clean --force
COPY . .
# The folder of the companies; the database is outside (DATABASE_URL).
RUN mkdir /workspaces && chown node:node /workspaces
VOLUME /workspaces
USER node
EXPOSE 8080
EXPOSE 8081
HEALTHCHECK --interval=30s --timeout=5s --start-period=30s CMD ["node", "-e", "fetch('http://127.0.0.1:8080/healthz').then((answer) => process.exit(answer.ok ? 0 : 1), () => process.exit(1))"]
ENTRYPOINT ["node", "bin/mo.mjs"]
# Inside a container the loopback is nobody's: who reaches 8081 is decided by what is published, and by sign-in.
CMD ["worker", "--health-port", "8080", "--board-port", "8081", "--board-host", "0.0.0.0", "--workspace", "/workspaces"]
