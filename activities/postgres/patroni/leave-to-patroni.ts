/** A node comes back by Patroni, which rewinds it or copies it anew; it is waited for, and nothing is done past it. */
import { fail } from '../../../domain/fail.ts';
import type { Text } from '../../../domain/text.ts';
import type { Ports } from '../../ports/index.ts';
import type { PatroniNode } from '../../ports/patroni.ts';
import type { Rejoined } from '../failover/interface.ts';

/** Longer than it takes to stop a server, rewind it and start it again. A new copy takes as long as it takes. */
const backMs = 120_000;
/** A machine that is about to be started may need a moment. */
const silentMs = 10_000;
const lookMs = 1_000;

interface Waiting {
  readonly node: string;
  readonly primary: string;
}

interface Stream {
  /** Whether it receives the log of the new leader within so many milliseconds. */
  readonly streams: (ms: number) => Promise<boolean>;
  readonly signal?: AbortSignal | undefined;
}

/** Fails: rejoin-failed. */
export async function leaveToPatroni(
  ports: Ports,
  { node, primary }: Waiting,
  managed: PatroniNode,
  { streams, signal }: Stream,
): Promise<Rejoined> {
  for (let from = performance.now(); ;) {
    if (await streams(lookMs)) return { how: 'already' };
    const report = await ports.patroni.look(managed, signal);
    if (report.answers && report.state.startsWith('creating replica')) from = performance.now();
    const isHopeless = !report.answers || report.cluster === undefined || report.cluster.isPaused;
    if (performance.now() - from <= (isHopeless ? silentMs : backMs)) continue;
    const why = !report.answers
      ? silent(report.said)
      : report.cluster?.isPaused
        ? paused
        : { en: `it is ${report.state}`, ja: report.state };
    throw fail('rejoin-failed', {
      en: `${node} does not follow ${primary}: ${why.en}.`,
      ja: `${node} は ${primary} に追従していません: ${why.ja}。`,
    });
  }
}

const silent = (said: string): Text => ({
  en: `its Patroni does not answer (${said}), start it, or mend that, and retry`,
  ja: `Patroni が応答しません(${said})。起動するか原因を直して再試行してください`,
});
const paused: Text = {
  en: 'Patroni is paused and brings nobody back, resume it and retry',
  ja: 'Patroni は一時停止中です。再開(resume)して再試行してください',
};
