/** The worker waits for a Temporal that is not there yet, without using anything up. */
import { once } from 'node:events';
import { readdirSync } from 'node:fs';
import { createServer, type Socket } from 'node:net';
import { expect, test } from 'vitest';
import { untilListening } from '../../worker/connect.ts';
import { freePort } from '../support/temporal-server.ts';

const silent = { log() {}, trace() {}, debug() {}, info() {}, warn() {}, error() {} };

test('it goes on as soon as somebody listens, and leaves no file open', async () => {
  const port = await freePort();
  const open = (): number => readdirSync('/proc/self/fd').length;
  const before = open();
  let arrived = false;
  const waiting = untilListening(`127.0.0.1:${port}`, silent).then(() => (arrived = true));
  const server = createServer();
  const knocked = once(server, 'connection') as Promise<[Socket]>;
  await expect.poll(() => arrived, { timeout: 300 }).toBe(false);
  server.listen(port, '127.0.0.1');
  await once(server, 'listening');
  await waiting;
  const [socket] = await knocked;
  await once(socket.resume(), 'close');
  server.close();
  await once(server, 'close');
  await expect.poll(() => open() - before, { timeout: 5_000 }).toBeLessThanOrEqual(0);
});

test('an address without a port means the usual one', async () => {
  const server = createServer().listen(7233, '127.0.0.9');
  await once(server, 'listening');
  await untilListening('127.0.0.9', silent);
  server.close();
});
