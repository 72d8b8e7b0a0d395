/** Lets the server go in bounded time: running requests may end, connections that ask for nothing are not waited for. */
import type { Socket } from 'node:net';
import type { App } from './context.ts';

/** Longer than any handler takes. */
const graceMs = 5_000;

export function registerClosing(app: App): void {
  // Browsers and fetch open connections in reserve. Node counts one as idle only after its first request, and waits for it.
  const unused = new Set<Socket>();
  app.server.on('connection', (socket) => {
    unused.add(socket);
    socket.once('close', () => unused.delete(socket));
  });
  app.server.on('request', ({ socket }) => unused.delete(socket));
  app.addHook('preClose', async () => {
    for (const socket of unused) socket.destroy();
    const timer = setTimeout(() => app.server.closeAllConnections(), graceMs).unref();
    app.server.once('close', () => clearTimeout(timer));
  });
}
