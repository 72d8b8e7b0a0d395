/** TLS of a restored server that others copy: it shows what a node on this machine shows, as its replicas trust nobody else. */
import type { BackedUpServers } from '../../activities/ports/redis-backups.ts';
import { isThisMachine } from '../machine/this-machine.ts';
import { NoAnswer } from '../no-answer.ts';
import { notUp } from '../scratch/launch-server.ts';
import type { ReadSecret } from '../secrets.ts';
import { localControl } from './local-control.ts';
import { quoted } from './quoted.ts';
import { inSession } from './session.ts';

const askMs = 5_000;
const wanted = ['cert-file', 'key-file', 'key-file-pass', 'ca-cert-file', 'ca-cert-dir', 'auth-clients'].map(
  (name) => `tls-${name}`,
);

/** Lines of a configuration, and the name in the certificate; undefined where the servers speak no TLS. Fails: scratch-server-failed. */
export async function tlsOfNode(
  access: BackedUpServers,
  secret: ReadSecret,
  signal?: AbortSignal,
): Promise<{ readonly settings: readonly string[]; readonly serverName: string } | undefined> {
  if (access.tls === undefined) return undefined;
  let why = 'no node of the target has its `control` here';
  for (const node of access.nodes) {
    if (localControl(node) === undefined || !(await isThisMachine(node.host).catch(() => false))) continue;
    try {
      const config = await inSession({ node, access }, { secret, ms: askMs, signal }, (client) => client.configGet(wanted));
      const settings = Object.entries(config).filter(([, value]) => value !== '');
      return { settings: settings.map(([name, value]) => `${name} ${quoted(value)}`), serverName: node.serverName ?? node.host };
    } catch (error) {
      if (!(error instanceof NoAnswer)) throw error;
      why = error.message;
    }
  }
  throw notUp(`there is no certificate to show: ${why}`);
}
