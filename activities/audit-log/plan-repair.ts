/** Plans a repair of the audit log: every line is judged, nothing is changed. */
import { isWholeObject } from '../../domain/audit-log/late-lines.ts';
import { repairHead, repairNames, repairPlan, type RepairNames, type RepairPlan } from '../../domain/audit-log/repair-plan.ts';
import { fail } from '../../domain/fail.ts';
import type { Plan } from '../../domain/recovery.ts';
import { auditLog } from '../../domain/tool-store/layout.ts';
import { keepWholePlan, readWholePlan } from '../records/plans.ts';
import type { Place } from '../ports/file-tree.ts';
import type { Ports } from '../ports/index.ts';
import { checkedName } from '../records/checked-name.ts';
import { requireRoot, toolStoreTarget, withinTarget, type ToolStoreTarget } from '../tool-store/target.ts';

/** A last line without newline may be on its way. */
const momentMs = 300;
const sliceBytes = 64 * 1024;
/** A longer last line is not held: it is told as cut off. */
const longestTail = 32 * 1024 * 1024;

export async function planLogRepair(
  ports: Ports,
  input: { readonly target: string; readonly recovery: string },
  signal?: AbortSignal,
): Promise<Plan> {
  const target = toolStoreTarget(ports, input.target);
  await requireRoot(ports, target);
  return withinTarget(target, async () => {
    const place = { root: target.root, path: auditLog };
    const found = await lookAtLog(ports, place);
    if (found === undefined) throw missing(target);
    const { inode, measured, tail, modifiedAt } = found;
    const { counts, samples } = await ports.logRepair.scanLog({ place, from: 0, to: measured, firstLine: 1 }, signal);
    const names = await freeNames(ports, target, repairNames(modifiedAt), inode);
    const plan = repairPlan({ target: target.id, inode, measured, counts, samples, tail, names }, target.limits.quarantineShare);
    const ref = await keepWholePlan(ports.records, checkedName(input.recovery), plan);
    return repairHead(plan, ref);
  });
}

const missing = ({ root }: ToolStoreTarget) =>
  fail('log-missing', { en: `${root}/${auditLog} does not exist.`, ja: `${root}/${auditLog} がありません。` });

/** The log as it is now; undefined where there is none. `measured` is the end of its last whole line. */
export async function lookAtLog(ports: Ports, place: Place) {
  const found = await standingStill(ports, place);
  if (found === undefined) return undefined;
  const { inode, bytes, modifiedAt } = found;
  const measured = await lastLineEnd(ports, place, bytes);
  const tail = bytes - measured > longestTail ? new Uint8Array() : await ports.logs.readSlice(place, measured, bytes);
  return { inode, modifiedAt, measured, tail: { bytes: bytes - measured, isObject: isWholeObject(tail) } };
}

/** The log, after its last line had a moment to be finished. */
async function standingStill(ports: Ports, place: Place) {
  for (let isLast = false; ; isLast = true) {
    const facts = await ports.files.look(place);
    const identity = facts === undefined ? undefined : await ports.logs.lookAt(place);
    if (facts === undefined || identity === undefined) return undefined;
    const last = await ports.logs.readSlice(place, identity.bytes - 1, identity.bytes);
    if (isLast || identity.bytes === 0 || last[0] === 10) return { ...identity, modifiedAt: facts.modifiedAt };
    await new Promise((resolve) => setTimeout(resolve, momentMs));
  }
}

/** The end of the last line that has its newline. */
export async function lastLineEnd(ports: Ports, place: Place, bytes: number): Promise<number> {
  for (let end = bytes; end > 0; end -= sliceBytes) {
    const from = Math.max(0, end - sliceBytes);
    const found = (await ports.logs.readSlice(place, from, end)).lastIndexOf(10);
    if (found >= 0) return from + found + 1;
  }
  return 0;
}

/** Names that nobody else's file bears; the link that an earlier attempt made to this very log is ours. */
export async function freeNames(
  ports: Ports,
  { root }: ToolStoreTarget,
  names: RepairNames,
  inode: string,
): Promise<RepairNames> {
  for (let n = 1; ; n++) {
    const add = (path: string): string => (n === 1 ? path : path.replace(/(\.jsonl?)?$/, `-${n}$1`));
    const tried = {
      original: `${names.original}${n === 1 ? '' : `-${n}`}`,
      quarantine: add(names.quarantine),
      receipt: add(names.receipt),
    };
    const there = await ports.logs.lookAt({ root, path: tried.original });
    const others = await Promise.all([tried.quarantine, tried.receipt].map((path) => ports.files.look({ root, path })));
    if ((there === undefined || there.inode === inode) && others.every((one) => one === undefined)) return tried;
  }
}

/** A kept plan, for this target. Fails: plan-changed. */
export const readRepairPlan = (ports: Ports, ref: string, target: string): Promise<RepairPlan> =>
  readWholePlan(ports.records, ref, target);
