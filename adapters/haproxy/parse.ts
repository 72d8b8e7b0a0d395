/** What HAProxy answers, as values: its servers' state, and what it has counted of them. */
import type { Counters, ServerState, ServerView, Setting } from '../../domain/traffic/words.ts';

type Row = Readonly<Record<string, string>>;

/** Tables with their names after a `#`, such as `show servers state` and the file made of it. */
export function rowsOfState(text: string): Row[] {
  const lines = text.split('\n');
  const head = lines.find((line) => line.startsWith('# '));
  if (head === undefined) return [];
  const names = head.slice(2).trim().split(/\s+/);
  return lines
    .slice(lines.indexOf(head) + 1)
    .map((line) => line.trim().split(/\s+/))
    .filter((words) => words.length > 1)
    .map((words) => Object.fromEntries(names.map((name, n) => [name, words[n] ?? ''])));
}

/** `show stat` as comma-separated values. */
export function rowsOfStat(text: string): Row[] {
  const [head, ...lines] = text.split('\n').filter((line) => line.trim() !== '');
  if (head === undefined || !head.startsWith('# ')) return [];
  const names = head.slice(2).split(',');
  return lines.map((line) => {
    const words = line.split(',');
    return Object.fromEntries(names.map((name, n) => [name, words[n] ?? '']));
  });
}

/** Bits of `srv_admin_state`: maintenance by hand, inherited, from the configuration, by name; drained by hand, inherited. */
const maintenance = 0x01 | 0x02 | 0x04 | 0x20 | 0x40;
const drained = 0x08 | 0x10;
/** `srv_op_state`: stopped, starting, running, stopping. */
const stopped = '0';

const stateOf = (row: Row): ServerState => {
  const bits = Number(row['srv_admin_state']);
  return bits & maintenance ? 'maint' : bits & drained ? 'drain' : 'ready';
};

export const settingsIn = (rows: readonly Row[], backend: string): Setting[] =>
  rows
    .filter((row) => row['be_name'] === backend)
    .map((row) => ({ server: row['srv_name']!, weight: Number(row['srv_uweight']), state: stateOf(row) }));

export function serversIn(states: readonly Row[], stats: readonly Row[], backend: string): ServerView[] {
  return states
    .filter((row) => row['be_name'] === backend)
    .map((row) => {
      const counted = stats.find((one) => one['pxname'] === backend && one['svname'] === row['srv_name']) ?? {};
      return {
        server: row['srv_name']!,
        weight: Number(row['srv_uweight']),
        initial: Number(row['srv_iweight']),
        state: stateOf(row),
        isUp: row['srv_op_state'] !== stopped,
        sessions: Number(counted['scur'] ?? 0),
        ...countersIn(counted),
      };
    });
}

const answers = ['hrsp_1xx', 'hrsp_2xx', 'hrsp_3xx', 'hrsp_4xx', 'hrsp_5xx', 'hrsp_other'];

function countersIn(row: Row): Counters {
  const sum = (names: readonly string[]): number => names.reduce((all, name) => all + Number(row[name] ?? 0), 0);
  const broken = sum(['econ', 'eresp', 'srv_abrt']);
  // A proxy that passes bytes on knows sessions alone.
  const requests = row['mode'] === 'http' ? sum(answers) + sum(['econ', 'eresp']) : sum(['stot']);
  return { requests, failed: Math.min(requests, sum(['hrsp_5xx']) + broken), latencyMs: sum(['rtime']) };
}
