/** A small HTTP service behind a proxy that can be told to fail, to be slow, and to hold requests. */
import { createServer, type Server, type ServerResponse } from 'node:http';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';

export interface TestService {
  readonly name: string;
  readonly port: number;
  /** How it answers users. */
  mode: 'well' | 'fails' | 'slow';
  /** How it answers our probe. */
  probe: 'well' | 'fails' | 'slow';
  /** How it answers the proxies' checks. */
  health: 'well' | 'fails';
  /** Hosts that probes asked for. */
  readonly hosts: Set<string>;
  /** Requests to `/held`, that wait for `release`. */
  readonly held: number;
  release(): void;
  stop(): Promise<void>;
  start(): Promise<void>;
}

const slowMs = 700;

export async function startService(name: string): Promise<TestService> {
  const waiting = new Set<ServerResponse>();
  const hosts = new Set<string>();
  let server: Server;
  const answer = async (how: TestService['mode'], response: ServerResponse): Promise<void> => {
    if (how === 'slow') await delay(slowMs);
    response.writeHead(how === 'fails' ? 500 : 200).end(name);
  };
  const listen = async (port: number): Promise<void> => {
    server = createServer((request, response) => {
      response.on('close', () => waiting.delete(response));
      if (request.url === '/held') return void waiting.add(response);
      if (request.url === '/health') return void answer(service.health, response);
      if (request.url === '/probe') hosts.add(request.headers.host ?? '');
      void answer(request.url === '/probe' ? service.probe : service.mode, response);
    });
    server.listen(port, '127.0.0.1');
    await once(server, 'listening');
  };
  const service = {
    name,
    port: 0,
    mode: 'well' as TestService['mode'],
    probe: 'well' as TestService['probe'],
    health: 'well' as TestService['health'],
    hosts,
    get held() {
      return waiting.size;
    },
    release() {
      for (const response of waiting) response.writeHead(200).end(name);
    },
    async stop() {
      server.close();
      server.closeAllConnections();
      await once(server, 'close');
    },
    start: () => listen(service.port),
  };
  await listen(0);
  service.port = (server!.address() as AddressInfo).port;
  return service;
}
