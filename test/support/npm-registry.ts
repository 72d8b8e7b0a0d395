/** A package registry on loopback that the real npm installs one package from, in the versions that a test publishes. */
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { buffer } from 'node:stream/consumers';
import { createGzip } from 'node:zlib';
import { pack } from 'tar-stream';

export interface NpmRegistry {
  /** Lines of the `.npmrc` that leads to it; npm asks once and does not wait before it gives up. */
  readonly npmrc: string;
  /** Versions whose tarball is refused. */
  readonly refused: Set<string>;
  publish(version: string, manifest?: object): Promise<void>;
  stop(): Promise<void>;
}

export async function startNpmRegistry(name: string): Promise<NpmRegistry> {
  const tarballs = new Map<string, Buffer>();
  const versions: Record<string, object> = {};
  const refused = new Set<string>();
  const server = createServer(({ url = '' }, response) => {
    const version = /^\/tarballs\/(.*)\.tgz$/.exec(url)?.[1];
    if (version !== undefined) response.writeHead(refused.has(version) ? 503 : 200).end(tarballs.get(version));
    else if (decodeURIComponent(url) === `/${name}`) response.end(JSON.stringify({ name, versions }));
    else response.writeHead(404).end('{}');
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return {
    npmrc: `registry=${url}/\nfetch-retries=0\nupdate-notifier=false\n`,
    refused,
    async publish(version, more = {}) {
      const manifest = { name, version, ...more };
      const tarball = await tarballOf(manifest);
      tarballs.set(version, tarball);
      const integrity = `sha512-${createHash('sha512').update(tarball).digest('base64')}`;
      versions[version] = { ...manifest, dist: { tarball: `${url}/tarballs/${version}.tgz`, integrity } };
    },
    async stop() {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}

function tarballOf(manifest: object): Promise<Buffer> {
  const archive = pack();
  archive.entry({ name: 'package/package.json' }, JSON.stringify(manifest));
  archive.finalize();
  return buffer(archive.pipe(createGzip()));
}
