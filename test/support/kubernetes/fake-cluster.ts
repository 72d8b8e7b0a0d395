/** The API of a Kubernetes cluster in small: objects that are made, read and patched by merging, its refusals in the words of the real one. */
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { createServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { json } from 'node:stream/consumers';
import { makeAuthority } from '../authority.ts';
import type { ClusterAccess } from './cluster.ts';

interface Kept {
  readonly metadata: { readonly name: string; readonly resourceVersion: string; readonly generation: number };
  readonly spec?: unknown;
}
type Fields = Readonly<Record<string, unknown>>;
interface Said {
  readonly status: number;
  readonly body: object;
}

const token = 'small-token';

export async function startFakeCluster(folder: string): Promise<ClusterAccess & { stop(): Promise<void> }> {
  const authority = makeAuthority(join(folder, 'authority'));
  const { certificate, key } = authority.issue('localhost', join(folder, 'api'));
  const objects = new Map<string, Kept>();
  let version = 100;

  const keep = (path: string, object: Kept, generation: number): Said => {
    const metadata = { ...object.metadata, resourceVersion: String(++version), generation };
    const kept = { ...object, metadata };
    objects.set(path, kept);
    return { status: 200, body: kept };
  };
  const create = (path: string, object: Kept): Said => ({ ...keep(`${path}/${object.metadata.name}`, object, 1), status: 201 });
  function patch(path: string, found: Kept, change: Partial<Kept>): Said {
    const { metadata } = found;
    const wanted = change.metadata?.resourceVersion;
    if (wanted !== undefined && wanted !== metadata.resourceVersion) return refusal(409, 'Conflict', conflictOf(path));
    const merged = merge(found, change) as Kept;
    // What changes nothing makes no new version.
    if (JSON.stringify(merged) === JSON.stringify(found)) return { status: 200, body: found };
    const isNewSpec = JSON.stringify(merged.spec) !== JSON.stringify(found.spec);
    return keep(path, merged, metadata.generation + Number(isNewSpec));
  }

  const server = createServer({ cert: readFileSync(certificate), key: readFileSync(key) }, (request, response) => {
    void (async () => {
      const { method, url: path = '' } = request;
      const body = method === 'GET' ? undefined : ((await json(request)) as Kept);
      const found = objects.get(path);
      const isOurs = request.headers.authorization === `Bearer ${token}`;
      const answer = !isOurs
        ? refusal(401, 'Unauthorized', 'Unauthorized')
        : method === 'POST'
          ? create(path, body!)
          : found === undefined
            ? refusal(404, 'NotFound', notFoundOf(path))
            : body === undefined
              ? { status: 200, body: found }
              : patch(path, found, body);
      response.writeHead(answer.status, { 'content-type': 'application/json' }).end(JSON.stringify(answer.body));
    })();
  });
  server.listen(0, 'localhost');
  await once(server, 'listening');
  return {
    server: `https://localhost:${(server.address() as AddressInfo).port}`,
    ca: authority.file,
    token,
    stop: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => void server.close(resolve));
    },
  };
}

const refusal = (status: number, reason: string, message: string): Said => ({
  status,
  body: { kind: 'Status', apiVersion: 'v1', metadata: {}, status: 'Failure', message, reason, code: status },
});
/** `secrets "primary"`, `deployments.apps "app"`. */
function named(path: string): string {
  const [name, resource] = path.split('/').toReversed();
  return `${resource}${path.startsWith('/apis/apps/') ? '.apps' : ''} "${name}"`;
}
const notFoundOf = (path: string): string => `${named(path)} not found`;
const conflictOf = (path: string): string =>
  `Operation cannot be fulfilled on ${named(path)}: the object has been modified; please apply your changes to the latest version and try again`;

/** RFC 7396, without the removal of fields, which nobody asks for here. */
function merge(into: unknown, change: unknown): unknown {
  if (!isObject(change)) return change;
  const kept = isObject(into) ? into : {};
  return { ...kept, ...Object.fromEntries(Object.entries(change).map(([key, value]) => [key, merge(kept[key], value)])) };
}
const isObject = (value: unknown): value is Fields => typeof value === 'object' && value !== null && !Array.isArray(value);
