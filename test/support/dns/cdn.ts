/** A real CDN in small: it keeps what it fetched from the side that it was led to, until a purge that is signed. */
import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { isGenuine } from '../webhook-receiver.ts';
import type { NameServer } from './servers.ts';

export interface Cdn {
  /** What users ask it for. */
  readonly url: string;
  readonly purgeUrl: string;
  readonly secret: string;
  /** Taken, by their keys; a repeat stands here once. */
  readonly purges: string[];
  /** Of what it fetched. */
  readonly fetches: string[];
  /** Which side a user gets. */
  seen(): Promise<string | undefined>;
  /** What a purge is answered instead. */
  refuse: number | undefined;
  /** A purge is taken, and nothing forgotten. */
  isDeaf: boolean;
  /** As its keeper purges it by hand. */
  forget(): void;
  stop(): Promise<void>;
}

/** Sides are told apart by the body and by `x-side`; `origin` is where it is led to now. */
async function startCdn(origin: () => Promise<string> | string): Promise<Cdn> {
  const kept = new Map<string, string>();
  const secret = 'purge-secret';
  const server = createServer((request, response) => {
    void (async () => {
      const path = request.url ?? '';
      if (request.method === 'POST') {
        const post = { path, headers: request.headers, body: await text(request) };
        const status = isGenuine(post, secret) ? (cdn.refuse ?? 204) : 401;
        const key = String(request.headers['idempotency-key']);
        if (status === 204 && !cdn.purges.includes(key)) cdn.purges.push(key);
        if (status === 204 && !cdn.isDeaf) kept.clear();
        response.writeHead(status).end();
        return;
      }
      if (!kept.has(path)) {
        const side = await origin();
        kept.set(path, side);
        cdn.fetches.push(side);
      }
      const side = kept.get(path)!;
      response.writeHead(200, { 'x-side': side }).end(`<p>Served by ${side}.</p>`);
    })();
  });
  const address = await listen(server);
  const cdn: Cdn = {
    ...{
      url: `${address}/health`,
      purgeUrl: `${address}/purge`,
      secret,
      purges: [],
      fetches: [],
      refuse: undefined,
      isDeaf: false,
    },
    forget: () => kept.clear(),
    seen: async () => /by (\w+)/.exec(await (await fetch(cdn.url)).text())?.[1],
    async stop() {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
  return cdn;
}

interface DeclaredCdn {
  readonly cdn: Cdn;
  readonly declared: object;
}

/** How a target declares it: side → what `origin` says of it. Its secrets lie in files of `folder`. */
export async function startCdnBefore(
  folder: string,
  sides: Readonly<Record<string, string>>,
  origin: () => Promise<string> | string,
): Promise<DeclaredCdn> {
  const cdn = await startCdn(origin);
  const secret = (name: string, value: string) => {
    const file = join(folder, `${name}-${new URL(cdn.url).port}`);
    writeFileSync(file, value, { mode: 0o600 });
    return { file };
  };
  const expected = Object.fromEntries(Object.entries(sides).map(([side, said]) => [side, `by ${said}`]));
  const declared = {
    purge: { url: secret('purge-url', cdn.purgeUrl), secret: secret('purge-secret', cdn.secret) },
    probe: { url: cdn.url, expect: expected, seconds: 1 },
  };
  return { cdn, declared };
}

/** One that finds its side by `api`, as a zone declares it. */
export async function startDeclaredCdn(folder: string, resolver: NameServer): Promise<DeclaredCdn> {
  const sides: Readonly<Record<string, string>> = { 'prod-api.shodo.test.': 'home', 'dr-api.shodo.test.': 'elsewhere' };
  const { cdn, declared } = await startCdnBefore(
    folder,
    { home: 'home', dr: 'elsewhere' },
    () => sides[resolver.dig('api.shodo.test', 'CNAME').join()] ?? 'nowhere',
  );
  return { cdn, declared: { switch: 'api', ...declared } };
}

async function listen(server: Server): Promise<string> {
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}
