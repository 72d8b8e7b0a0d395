/** Answers of Patroni's REST API as the domain takes them; releases differ in what they leave out. */
import type { ApiReport, PatroniCluster, PatroniMember } from '../../domain/postgres/patroni/patroni-report.ts';

type Fields = Readonly<Record<string, unknown>>;

/** Of `GET /patroni`. */
export function readOwn(answer: unknown): Pick<ApiReport, 'isRestartPending' | 'state'> {
  const own = fields(answer);
  return { isRestartPending: own['pending_restart'] === true, state: text(own['state']) };
}

/** Of `GET /cluster`, `/config`, `/history`, each undefined where it gave none; undefined where the first does not reach its store. */
export function readCluster(answers: {
  readonly cluster: unknown;
  readonly config: unknown;
  readonly history: unknown;
}): PatroniCluster | undefined {
  const cluster = fields(answers.cluster);
  if (!Array.isArray(cluster['members'])) return undefined;
  const config = fields(answers.config);
  return {
    members: cluster['members'].map((member) => readMember(fields(member))),
    isPaused: cluster['pause'] === true,
    isSwitchoverScheduled: cluster['scheduled_switchover'] !== undefined,
    // As YAML or `patronictl edit-config` left it.
    isSynchronous: /^(?:true|on|yes|1|quorum)$/i.test(String(config['synchronous_mode'])),
    timing: {
      ttl: number(config['ttl']) ?? 30,
      loopWait: number(config['loop_wait']) ?? 10,
      retryTimeout: number(config['retry_timeout']) ?? 10,
    },
    maximumLag: number(config['maximum_lag_on_failover']) ?? 1_048_576,
    lastSwitch: readSwitch(answers.history),
  };
}

const readMember = (member: Fields): PatroniMember => ({
  name: text(member['name']),
  role: text(member['role']),
  state: text(member['state']),
  lag: number(member['lag']) ?? null,
  mayLead: fields(member['tags'])['nofailover'] !== true,
});

/** Of lines such as `[1, 50331808, "no recovery target specified", …]`: the timeline that ended, and where. */
function readSwitch(history: unknown): PatroniCluster['lastSwitch'] {
  const last: unknown = Array.isArray(history) ? history.at(-1) : undefined;
  const [ended, at] = Array.isArray(last) ? [number(last[0]), number(last[1])] : [];
  if (ended === undefined || at === undefined) return undefined;
  const position = BigInt(at);
  return {
    timeline: ended + 1,
    position: `${(position >> 32n).toString(16)}/${(position & 0xffffffffn).toString(16)}`.toUpperCase(),
  };
}

const fields = (value: unknown): Fields => (typeof value === 'object' && value !== null ? (value as Fields) : {});
const text = (value: unknown): string => (typeof value === 'string' ? value : '');
const number = (value: unknown): number | undefined =>
  typeof value === 'number' && Number.isSafeInteger(value) ? value : undefined;
