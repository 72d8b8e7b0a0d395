/** The API of a Kubernetes cluster in small, with one machine: objects that are made, read, patched by merging and deleted, its refusals in the words of the real one. */
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { createServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { json } from 'node:stream/consumers';
import { makeAuthority } from '../authority.ts';
import type { ClusterAccess } from './cluster.ts';
import { aliveLabel, endPod, runControllers, type Containers } from './controllers.ts';
import { Objects, type Kept } from './objects.ts';

interface Said {
  readonly status: number;
  readonly body: object;
}
type Body = Kept & { readonly preconditions?: { readonly uid?: string } };

const token = 'small-token';
const nothing: Containers = { start: () => Promise.resolve(), end: () => Promise.resolve() };

export async function startFakeCluster(
  folder: string,
  containers: Containers = nothing,
): Promise<ClusterAccess & { stop(): Promise<void> }> {
  const authority = makeAuthority(join(folder, 'authority'));
  const { certificate, key } = authority.issue('localhost', join(folder, 'api'));
  const objects = new Objects();
  objects.create('/api/v1/nodes/machine', { metadata: { labels: { [aliveLabel]: 'true' } } });

  function patch(path: string, found: Kept, change: Partial<Kept>): Said {
    const wanted = change.metadata?.resourceVersion;
    if (wanted !== undefined && wanted !== found.metadata.resourceVersion) return refusal(409, 'Conflict', conflictOf(path));
    return { status: 200, body: objects.patch(path, change) };
  }
  function remove(path: string, found: Kept, { preconditions }: Body): Said {
    const { uid } = found.metadata;
    if ((preconditions?.uid ?? uid) !== uid) return refusal(409, 'Conflict', conflictOf(path));
    endPod(objects, path, found);
    return { status: 200, body: found };
  }
  function answer(method: string, path: string, body: Body): Said {
    if (method === 'POST') return { status: 201, body: objects.create(`${path}/${body.metadata.name}`, body) };
    const found = objects.get(path);
    if (found === undefined) return refusal(404, 'NotFound', notFoundOf(path));
    if (method === 'GET') return { status: 200, body: found };
    return method === 'DELETE' ? remove(path, found, body) : patch(path, found, body);
  }

  const server = createServer({ cert: readFileSync(certificate), key: readFileSync(key) }, (request, response) => {
    void (async () => {
      const { method = 'GET', url = '', headers } = request;
      const body = (method === 'GET' ? {} : await json(request)) as Body;
      const isOurs = headers.authorization === `Bearer ${token}`;
      const said = isOurs ? answer(method, url, body) : refusal(401, 'Unauthorized', 'Unauthorized');
      response.writeHead(said.status, { 'content-type': 'application/json' }).end(JSON.stringify(said.body));
    })();
  });
  server.listen(0, 'localhost');
  await once(server, 'listening');
  const stopControllers = runControllers(objects, containers);
  return {
    server: `https://localhost:${(server.address() as AddressInfo).port}`,
    ca: authority.file,
    token,
    stop: async () => {
      await stopControllers();
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
