/** Leads clients to another node, by every kind of endpoint: files that are filled and reloaded, proxies, names, Secrets. */
import { ApplicationFailure } from '@temporalio/common';
import type { EndpointSettings, FileEndpoint } from '../../contracts/endpoint-settings.ts';
import { conceal } from '../../domain/endpoints/conceal.ts';
import { endpointText, type Address } from '../../domain/endpoints/endpoint-text.ts';
import { fail } from '../../domain/fail.ts';
import type { CommandResult } from '../ports/command-runner.ts';
import type { Ports } from '../ports/index.ts';
import { saidBy } from '../backup-keeping/repository-failure.ts';
import { repointName } from './repoint-name.ts';
import { repointProxies } from './repoint-proxies.ts';
import { repointSecret } from './repoint-secret.ts';
import type { Repointed } from './repointed.ts';

/** A reload is a signal or a short talk with a service manager. */
const reloadMs = 10_000;
/** Longer texts stay out of histories. */
const keptCharacters = 4_000;

/** The node that takes the writes. */
export interface LeadsTo extends Address {
  readonly id: string;
}

/** Side by side; one that is refused keeps none of the others back. May run twice. Fails: endpoint-refused, naming every endpoint that was. */
export async function repoint(
  ports: Ports,
  endpoints: readonly EndpointSettings[],
  to: LeadsTo,
  signal?: AbortSignal,
): Promise<readonly Repointed[]> {
  const ends = await Promise.allSettled(endpoints.map((endpoint) => repointOne(ports, endpoint, to, signal)));
  signal?.throwIfAborted();
  const faults = ends.filter((end) => end.status === 'rejected').map(({ reason }) => reason as unknown);
  const unknown = faults.find((fault) => !(fault instanceof ApplicationFailure));
  if (unknown !== undefined) throw unknown;
  const reasons = faults.map(saidBy);
  if (reasons.length > 0) {
    throw fail('endpoint-refused', {
      en: reasons.map(({ en }) => en).join(' '),
      ja: reasons.map(({ ja }) => ja).join(''),
    });
  }
  return ends.filter((end) => end.status === 'fulfilled').map(({ value }) => value);
}

async function repointOne(ports: Ports, endpoint: EndpointSettings, to: LeadsTo, signal?: AbortSignal): Promise<Repointed> {
  if (endpoint.kind === 'haproxy') return repointProxies(ports, endpoint, to.id, signal);
  if (endpoint.kind === 'dns') return repointName(ports, endpoint, to.id, signal);
  if (endpoint.kind === 'kubernetes-secret') return repointSecret(ports, endpoint, to, signal);
  return fillFile(ports, endpoint, to, signal);
}

/**
 * Writes only what differs, and reloads always: an attempt that was killed between the two must not leave a file that nobody has
 * read. So `reload` runs again where it ran before. A reload may go on after its command has ended: who answers is to be seen at
 * the endpoint itself.
 */
async function fillFile(
  ports: Pick<Ports, 'endpoints' | 'commands'>,
  { id, path, reload, text: pattern }: FileEndpoint,
  to: Address,
  signal?: AbortSignal,
): Promise<Repointed> {
  const text = endpointText({ text: pattern }, to);
  const before = await ports.endpoints.read(path);
  if (before !== text) await ports.endpoints.write(path, text);
  if (reload !== undefined) {
    const result = await ports.commands.run(reload, { timeoutMs: reloadMs, signal });
    if (result.exitCode !== 0) throw notReloaded(id, result);
  }
  if (before === text) return { endpoint: id, outcome: 'already' };
  const tells = before !== undefined && before.length <= keptCharacters && conceal(before) === before;
  return { endpoint: id, outcome: 'changed', ...(tells && { before }) };
}

/** The command itself is not repeated: it stands in the inventory, and its arguments may be anything. */
function notReloaded(id: string, { ended, exitCode, stderr }: CommandResult) {
  const how = {
    exited: { en: `ended with ${exitCode}`, ja: `が終了コード ${exitCode} で終わりました` },
    'timed-out': { en: `did not end within ${reloadMs / 1_000} s`, ja: `が ${reloadMs / 1_000} 秒以内に終わりませんでした` },
    killed: { en: 'was killed', ja: 'が強制終了されました' },
    'not-found': { en: 'was not found', ja: 'が見つかりません' },
    'not-allowed': { en: 'could not be run', ja: 'を実行できません' },
  }[ended];
  const said = conceal(stderr).trim().slice(-300);
  return fail('endpoint-refused', {
    en: `${id}: its file is written, but its reload ${how.en}${said === '' ? '.' : `: ${said}`}`,
    ja: `${id}: ファイルは書き込み済みですが、再読み込みコマンド${how.ja}${said === '' ? '。' : `: ${said}`}`,
  });
}
