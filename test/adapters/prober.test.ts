/** Dependencies are reached for over real sockets: what answers, what refuses, what keeps silent, what nobody knows. */
import { once } from 'node:events';
import { createServer as createHttpServer } from 'node:http';
import { createServer, type AddressInfo, type Server } from 'node:net';
import { afterEach, expect, test } from 'vitest';
import { createProber } from '../../adapters/probes/prober.ts';

const prober = createProber();
const open: Server[] = [];
afterEach(async () => {
  for (const server of open.splice(0)) {
    server.close();
    if ('closeAllConnections' in server) (server as unknown as { closeAllConnections(): void }).closeAllConnections();
  }
});

async function listen(server: Server): Promise<number> {
  open.push(server);
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return (server.address() as AddressInfo).port;
}
/** A port that was free a moment ago. */
async function closedPort(): Promise<number> {
  const server = createServer();
  const port = await listen(server);
  server.close();
  await once(server, 'close');
  return port;
}
const http = (answer: Parameters<typeof createHttpServer>[1]) => listen(createHttpServer(answer as never));

test.each([200, 302, 401, 404, 503])('an HTTP answer %i is an answer, with its time', async (status) => {
  const asked: string[] = [];
  const port = await http((request, response) => {
    asked.push(`${request.method} ${request.url}`);
    response.writeHead(status, { location: '/elsewhere' }).end('x'.repeat(100_000));
  });
  const reach = await prober.askHttp(`http://127.0.0.1:${port}/health`, 2_000);
  expect(reach).toEqual({ reached: true, status, ms: expect.any(Number) });
  expect(asked).toEqual(['GET /health']);
});

test('what a user gets is read: status, headers and the beginning of the body, as it is and without redirects', async () => {
  const asked: unknown[] = [];
  const port = await http(({ headers }, response) => {
    asked.push(headers['cache-control'], headers['pragma']);
    response.writeHead(302, { location: '/elsewhere', 'x-side': 'dr' }).end('é'.repeat(100_000));
  });
  const got = await prober.readHttp(`http://127.0.0.1:${port}/`, 2_000);
  expect(got).toMatchObject({ reached: true, status: 302, headers: { 'x-side': 'dr' }, text: 'é'.repeat(32 * 1024) });
  // Whoever asks past the cache sees nothing of what users get.
  expect(asked).toEqual([undefined, undefined]);
  const silent = await http(() => undefined);
  expect(await prober.readHttp(`http://127.0.0.1:${silent}/`, 50)).toEqual({ reached: false, why: 'timed-out' });
  expect(await prober.readHttp(`http://127.0.0.1:${await closedPort()}/`, 2_000)).toEqual({ reached: false, why: 'refused' });
});

test('a server that keeps silent is told after the limit, and not before', async () => {
  const port = await http(() => undefined);
  const reach = await prober.askHttp(`http://127.0.0.1:${port}/`, 300);
  expect(reach).toMatchObject({ reached: false, why: 'timed-out' });
  expect(reach.ms).toBeGreaterThanOrEqual(290);
});

test('who refuses, and whom nobody knows, are told apart', async () => {
  const port = await closedPort();
  expect(await prober.askHttp(`http://127.0.0.1:${port}/`, 2_000)).toMatchObject({ reached: false, why: 'refused' });
  expect(await prober.connectTcp('127.0.0.1', port, 2_000)).toMatchObject({ reached: false, why: 'refused' });
  expect(await prober.connectTcp('no-such-host.invalid', 80, 5_000)).toMatchObject({ reached: false, why: 'no-such-host' });
});

test('a connection is an answer, and is closed at once', async () => {
  const server = createServer();
  const port = await listen(server);
  const met = once(server, 'connection') as Promise<[{ on(event: 'close', hear: () => void): void; resume(): void }]>;
  expect(await prober.connectTcp('127.0.0.1', port, 2_000)).toEqual({ reached: true, ms: expect.any(Number) });
  const [socket] = await met;
  socket.resume();
  await new Promise<void>((resolve) => socket.on('close', resolve));
});

test('both end early when nobody wants to know any more', async () => {
  const port = await http(() => undefined);
  const abort = new AbortController();
  const asking = prober.askHttp(`http://127.0.0.1:${port}/`, 60_000, abort.signal);
  const heard = expect(asking).rejects.toThrow('enough');
  abort.abort(new Error('enough'));
  await heard;
  const again = new AbortController();
  const connecting = expect(prober.connectTcp('127.0.0.1', port, 60_000, again.signal)).rejects.toThrow('enough');
  again.abort(new Error('enough'));
  await connecting;
  await expect(prober.connectTcp('127.0.0.1', port, 60_000, again.signal)).rejects.toThrow('enough');
});

test('another host is asked for by its name, over the address, and faults are told as without', async () => {
  const hosts: (string | undefined)[] = [];
  const port = await http((request, response) => {
    hosts.push(request.headers.host);
    response.writeHead(204).end();
  });
  const url = `http://127.0.0.1:${port}/`;
  expect(await prober.askHost(url, 'shop.example.jp', 2_000)).toEqual({ reached: true, status: 204, ms: expect.any(Number) });
  expect(hosts).toEqual(['shop.example.jp']);
  const silent = await http(() => undefined);
  expect(await prober.askHost(`http://127.0.0.1:${silent}/`, 'x', 300)).toMatchObject({ reached: false, why: 'timed-out' });
  const closed = await closedPort();
  expect(await prober.askHost(`http://127.0.0.1:${closed}/`, 'x', 2_000)).toMatchObject({ reached: false, why: 'refused' });
  const stopping = new AbortController();
  const asking = expect(prober.askHost(`http://127.0.0.1:${silent}/`, 'x', 60_000, stopping.signal)).rejects.toThrow('enough');
  stopping.abort(new Error('enough'));
  await asking;
});
