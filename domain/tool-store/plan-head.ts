/** The head of a restore plan that people read and approve; the whole stays in the record store. */
import { utf8ToBytes } from '@noble/hashes/utils.js';
import type { Plan, PlannedChange } from '../recovery.ts';
import type { Text } from '../text.ts';
import { auditLog, fileNameOf } from './layout.ts';
import type { FileState, LinkState, RestoreChange, RestorePlan } from './restore-plan.ts';
import { naming } from './tool-limit.ts';

/** Lines and bytes of a head: it goes through history, and out at every look at the status. */
const mostChanges = 20;
const mostBytes = 4_000;

export function headOf(plan: RestorePlan, ref: string): Plan {
  const altering = plan.changes.filter((change) => change.by !== 'nothing');
  const rest = plan.changes
    .filter((change) => change.by === 'nothing')
    .toSorted((a, b) => Number(b.foreign ?? 0) - Number(a.foreign ?? 0));
  const changes: PlannedChange[] = [];
  let bytes = 0;
  for (const change of [...altering, ...rest]) {
    const line = lineOf(change);
    bytes += utf8ToBytes(JSON.stringify(line)).length;
    if (changes.length === mostChanges || bytes > mostBytes) break;
    changes.push(line);
  }
  const count = (action: RestoreChange['action']): number => plan.changes.filter((change) => change.action === action).length;
  return {
    summary: summarize(plan),
    digest: plan.digest,
    size: {
      items: altering.length,
      bytes: altering.reduce((sum, change) => sum + (change.by === 'content' ? change.after!.bytes : 0), 0),
      share: plan.changes.length === 0 ? 0 : altering.length / plan.changes.length,
    },
    counts: { add: count('add'), overwrite: count('overwrite'), keep: count('keep'), remove: 0 },
    changes,
    truncated: changes.length < plan.changes.length,
    ref,
    ...(plan.needsPeople === undefined ? {} : { needsPeople: plan.needsPeople }),
  };
}

function lineOf({ action, path, before, after, by }: RestoreChange): PlannedChange {
  const words = by === 'attributes' ? attributeWords : stateWords;
  return {
    action,
    path,
    ...(before === null ? {} : { before: words(before) }),
    ...(after === null || by === 'nothing' ? {} : { after: words(after) }),
  };
}

const stateWords = (state: FileState | LinkState): string =>
  state.kind === 'link'
    ? `link to ${state.pointsTo.slice(0, 60)}`
    : `sha256 ${state.sha256.slice(0, 12)}, ${state.bytes} bytes, ${state.mode}`;

const attributeWords = (state: FileState | LinkState): string =>
  state.kind === 'link' ? stateWords(state) : `mode ${state.mode}, owner ${state.uid}:${state.gid}`;

function summarize(plan: RestorePlan): Text {
  const names = (wanted: (change: RestoreChange) => boolean): readonly string[] =>
    plan.changes.filter(wanted).map(({ path }) => fileNameOf(path).slice(0, 60));
  const added = names(({ action, path }) => action === 'add' && path !== auditLog);
  const overwritten = names(({ action }) => action === 'overwrite');
  const kept = names(({ action, foreign }) => action === 'keep' && foreign !== true);
  const foreign = names((change) => change.foreign === true);
  const log = plan.changes.some(({ action, path }) => action === 'add' && path === auditLog);
  const few = naming(foreign, 5);
  const also = {
    en: [
      ...(foreign.length > 0 ? [`, ${foreign.length} added since the backup kept (${few.en})`] : []),
      ...(log ? ['; the audit log is absent and comes back'] : []),
    ],
    ja: [
      ...(foreign.length > 0 ? [`、バックアップ後の追加 ${foreign.length} 件は維持(${few.ja})`] : []),
      ...(log ? ['、存在しない監査ログも復元'] : []),
    ],
  };
  const counts = { add: added.length, overwrite: overwritten.length, keep: kept.length };
  return {
    en: `From ${plan.backup}: ${counts.add} to add, ${counts.overwrite} to overwrite, ${counts.keep} kept as they are${also.en.join('')}.`,
    ja: `${plan.backup} から: 追加 ${counts.add} 件、上書き ${counts.overwrite} 件、維持 ${counts.keep} 件${also.ja.join('')}。`,
  };
}
