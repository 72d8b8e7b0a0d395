/** The head of a plan of moves that people read and approve; the whole stays in the record store. */
import { utf8ToBytes } from '@noble/hashes/utils.js';
import type { Plan, PlannedChange } from '../recovery.ts';
import type { Text } from '../text.ts';
import { naming } from '../tool-store/tool-limit.ts';
import { asideFolderPath, type Move, type MovePlan } from './move-plan.ts';

/** A head goes through history, and out at every look at the status. */
const mostChanges = 20;
const mostBytes = 4_000;

export function headOfMoves(plan: MovePlan, ref: string): Plan {
  const { moves, direction, others } = plan;
  const changes: PlannedChange[] = [];
  let bytes = 0;
  for (const move of moves) {
    const line = lineOf(move, direction);
    bytes += utf8ToBytes(JSON.stringify(line)).length;
    if (changes.length === mostChanges || bytes > mostBytes) break;
    changes.push(line);
  }
  const aside = direction === 'aside' ? moves.length : 0;
  return {
    summary: summarize(plan),
    digest: plan.digest,
    size: {
      items: moves.length,
      bytes: moves.reduce((sum, { state }) => sum + (state.kind === 'file' ? state.bytes : 0), 0),
      share: moves.length === 0 ? 0 : moves.length / (moves.length + others.length),
    },
    // Put away is taken from the agent: people decide about that as about a removal.
    counts: { add: moves.length - aside, overwrite: 0, keep: others.length, remove: aside },
    changes,
    truncated: changes.length < moves.length,
    ref,
    ...(plan.needsPeople === undefined ? {} : { needsPeople: plan.needsPeople }),
  };
}

function lineOf({ from, to, state, name, why }: Move, direction: MovePlan['direction']): PlannedChange {
  const words =
    state.kind === 'link'
      ? `link to ${state.pointsTo.slice(0, 60)}`
      : `sha256 ${state.sha256.slice(0, 12)}, ${state.bytes} bytes`;
  return direction === 'aside'
    ? { action: 'remove', path: from, before: `${name}, ${words}`, after: `${to}: ${why.en.slice(0, 200)}` }
    : { action: 'add', path: to, before: from, after: `${name}, ${words}` };
}

function summarize({ direction, folder, moves, already }: MovePlan): Text {
  const named = naming(
    moves.map(({ name }) => name.slice(0, 64)),
    5,
  );
  const place = asideFolderPath(folder);
  const done = already.length === 0 ? { en: '', ja: '' } : alreadyThere(already.length);
  if (moves.length === 0) return { en: `Nothing to move.${done.en}`, ja: `移動するものはありません。${done.ja}` };
  return direction === 'aside'
    ? {
        en: `${moves.length} tool(s) to ${place}, kept byte for byte: ${named.en}.${done.en}`,
        ja: `ツール ${moves.length} 件を ${place} へ退避(内容はそのまま): ${named.ja}。${done.ja}`,
      }
    : {
        en: `${moves.length} tool(s) back into use from ${place}: ${named.en}.${done.en}`,
        ja: `ツール ${moves.length} 件を ${place} から使用に戻す: ${named.ja}。${done.ja}`,
      };
}

const alreadyThere = (count: number): Text => ({
  en: ` ${count} are there already.`,
  ja: `${count} 件は既にその場所にあります。`,
});
