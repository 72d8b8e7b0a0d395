/** What nodes of a PostgreSQL cluster tell, and what is decided on it, without a server. */
import { decideSituation, type Situation } from '../../../domain/postgres/situation.ts';
import type { FailoverWish } from '../../../domain/postgres/cluster-view.ts';
import type { NodeReport, Primary, Standby } from '../../../domain/postgres/node-report.ts';
import type { NodeState } from '../../../domain/postgres/node-state.ts';

export const at = '2026-11-28T00:00:00.000Z';
const head = { answers: true, at, systemId: '7', version: 150_018, timeline: 3, mayPromote: true } as const;
export const standby = (node: string, received = '1/0', more: Partial<Standby['role']> = {}): Standby => ({
  ...{ ...head, node },
  role: {
    ...{ is: 'standby', received, replayed: received, isReplayPaused: false, lastCommitAt: at, isStreaming: true, slot: null },
    ...more,
  },
});
export const primary = (node = 'a'): Primary => ({
  ...{ ...head, node },
  role: {
    ...{ is: 'primary', position: '1/0', oldest: '1/0', standbyLogin: null, synchronous: '', streams: [], slots: [], slot: null },
    archive: { on: true, waiting: 0, failing: null },
  },
});
export const silent = (node = 'a'): NodeReport => ({ node, answers: false, why: 'unreachable', said: 'connect ECONNREFUSED' });
export const gone: NodeState = { processes: 'gone', isStandby: false, isPortOpen: false, fencedBy: null };
export const fenced: NodeState = { ...gone, isStandby: true, fencedBy: 'db~1' };
export const limits = { lagBytes: 1_000, waitingFiles: 2, roomBytes: 0, certificateDays: 21 };

export type States = Readonly<Record<string, NodeState>>;
const decide = (reports: readonly NodeReport[], states: States = {}, wish: Partial<FailoverWish> = {}) =>
  decideSituation({ reports, states: new Map(Object.entries(states)), limits }, { mode: 'failover', ...wish });
export const situation = (...about: Parameters<typeof decide>): Situation => {
  const decision = decide(...about);
  if (!decision.ok) throw new Error(decision.sentence.en);
  return decision.situation;
};
export const refusal = (...about: Parameters<typeof decide>): string => {
  const decision = decide(...about);
  return decision.ok ? 'none' : `${decision.code}: ${decision.sentence.en}`;
};
