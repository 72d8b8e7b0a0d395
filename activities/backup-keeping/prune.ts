/** Prunes backups of any kind of target: plan by policy, then remove what the plan and today's policy both let go, never outside the target's own prefix. */
import { holdersOf, ownBytes, type BackupKind } from '../../domain/backup.ts';
import { fail } from '../../domain/fail.ts';
import {
  headOfPrune,
  planPrune,
  type Prunable,
  type PrunePlan,
  type PruneReceipt,
  type Removal,
} from '../../domain/prune-plan.ts';
import type { Plan } from '../../domain/recovery.ts';
import { decideRetention, type Keepable, type Verdict } from '../../domain/retention.ts';
import type { Text } from '../../domain/text.ts';
import type { Ports } from '../ports/index.ts';
import { prunedKey } from '../records/keys.ts';
import { keepWholePlan, readWholePlan } from '../records/plans.ts';
import { describeSet, type BackupSet } from './backup-set.ts';
import { explainWrite } from '../tool-store/target.ts';
import type { BackedUp, BackupKind as TargetKind } from './backed-up.ts';
import { backupsInUse } from './in-use.ts';

export async function planPruneOf<T extends BackedUp>(
  ports: Ports,
  kind: TargetKind<T>,
  input: { readonly target: string; readonly recovery: string },
  signal?: AbortSignal,
): Promise<Plan> {
  const target = kind.target(ports, input.target);
  const { backups, verdicts } = await decide(ports, kind, target, signal);
  const plan = planPrune(target.id, backups, verdicts);
  const ref = await keepWholePlan(ports.records, encodeURIComponent(input.recovery), plan);
  return headOfPrune(plan, ref);
}

/** The policy of the inventory, on the backups of this moment. */
async function decide<T extends BackedUp>(ports: Ports, kind: TargetKind<T>, target: T, signal?: AbortSignal) {
  const sets = await kind.open(ports, target, signal);
  const { full, incremental, manual } = target.backups;
  const held = new Map(sets.flatMap(({ id, hold }) => (hold?.held === true ? [[id, hold.reason] as const] : [])));
  const verdicts = decideRetention(
    sets.map((set) => keepableOf(set, target.id)),
    { full: full.keep, incremental: incremental.keep, manual: manual.keep },
    { held, inUse: await backupsInUse(ports, target.id) },
    Date.now(),
  );
  return { verdicts, sets, backups: sets.map(prunableOf) };
}

function keepableOf(set: BackupSet, target: string): Keepable {
  const { id, source, startedAt, suspect, copies } = set;
  return {
    id,
    kind: kindOf(set),
    source,
    startedAt,
    usable: describeSet(set, target).status !== 'failed',
    suspect: suspect !== undefined,
    verifiedIn: copies.filter(({ test }) => test?.passed === true).map(({ where }) => where),
    needs: needsOf(set),
  };
}

const prunableOf = (set: BackupSet): Prunable => ({
  id: set.id,
  kind: kindOf(set),
  startedAt: set.startedAt,
  bytes: set.manifest === undefined ? 0 : ownBytes(set.manifest),
  repositories: set.copies.map(({ where }) => where),
  needs: needsOf(set),
});

function needsOf({ id, manifest }: BackupSet): string[] {
  if (manifest === undefined) return [];
  const needed = new Set([...(manifest.base === null ? [] : [manifest.base]), ...holdersOf(manifest)]);
  needed.delete(id);
  return [...needed];
}

/** Where the manifest cannot say it, the id does. */
const kindOf = ({ id, manifest }: BackupSet): BackupKind =>
  manifest?.kind ?? (['incremental', 'manual'] as const).find((kind) => id.includes(`-${kind}-`)) ?? 'full';

export async function applyPruneOf<T extends BackedUp>(
  ports: Ports,
  kind: TargetKind<T>,
  input: { readonly target: string; readonly plan: string; readonly digest: string },
  signal?: AbortSignal,
): Promise<PruneReceipt> {
  const target = kind.target(ports, input.target);
  const plan = await readWholePlan<PrunePlan>(ports.records, input.plan, target.id, 'removals');
  if (plan.digest !== input.digest) throw notThePlan(input.plan);
  const { verdicts, sets } = await decide(ports, kind, target, signal);
  const now = new Map(verdicts.map((verdict): [string, Verdict] => [verdict.id, verdict]));
  const spared: { readonly id: string; readonly reason: Text }[] = [];
  let [removed, already, bytes] = [0, 0, 0];
  for (const removal of plan.removals) {
    signal?.throwIfAborted();
    const verdict = now.get(removal.id);
    if (verdict?.keep === true) {
      spared.push({ id: removal.id, reason: verdict.reason });
      continue;
    }
    const set = sets.find(({ id }) => id === removal.id);
    const forget = async () => set && kind.forget?.(ports, target, set, signal);
    const locked = await remove(ports, target, removal, input.digest, forget);
    if (locked !== undefined) spared.push({ id: removal.id, reason: locked });
    else if (verdict === undefined) already++;
    else {
      removed++;
      bytes += removal.bytes * removal.repositories.length;
    }
  }
  return { removed, already, bytes, spared };
}

/** From every repository, also where only leftovers of a removal that was cut short remain. Answers why the store refuses. */
async function remove(
  ports: Ports,
  target: BackedUp,
  removal: Removal,
  plan: string,
  forget: () => Promise<Text | undefined>,
): Promise<Text | undefined> {
  const { id } = removal;
  await ports.records.create(prunedKey(target.id, id), JSON.stringify({ ...removal, plan, at: new Date().toISOString() }));
  let locked = await forget();
  if (locked !== undefined) return locked;
  for (const entry of target.repositoryEntries) {
    const repository = ports.repositories(entry);
    try {
      await repository.remove(target.id, id);
    } catch (error) {
      if ((error as { type?: unknown }).type !== 'backup-locked') {
        throw await explainWrite(error, repository.describe(target.id, id), 0, () => repository.freeBytes());
      }
      locked = {
        en: `${repository.id} does not let it go yet: ${(error as Error).message}`,
        ja: `${repository.id} ではまだ削除できません: ${(error as Error).message}`,
      };
    }
  }
  return locked;
}

const notThePlan = (ref: string) =>
  fail('plan-changed', {
    en: `The plan ${ref} is not the one that was made for this target.`,
    ja: `計画 ${ref} はこの対象のために作られたものではありません。`,
  });
