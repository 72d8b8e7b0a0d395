/** Chooses the backup to restore from, testing candidates until one passes. */
import type { Backup } from '../../domain/backup.ts';
import { fail } from '../../domain/fail.ts';
import { alternativesTo, assess, lostMs, orderCandidates } from '../../domain/tool-store/backup-choice.ts';
import { inParallel } from '../../domain/tool-store/in-parallel.ts';
import { isToolPath } from '../../domain/tool-store/layout.ts';
import type { ChosenBackup } from '../../domain/tool-store/words.ts';
import { UnsafePath } from '../../domain/tool-store/unsafe-path.ts';
import type { Ports } from '../ports/index.ts';
import { describeSet, faultOf, type BackupSet, type SetFault } from '../backup-keeping/backup-set.ts';
import { openBackups } from './open-backups.ts';
import { codeOf, toolStoreTarget } from './target.ts';
import { testSet } from './test-backup.ts';

export interface ChooseBackupInput {
  readonly target: string;
  readonly backup?: string | undefined;
  readonly brokenSince?: string | undefined;
}

/** See the interface. A verified candidate is looked at once more: disks rot between the test and the day it is needed. */
export async function chooseBackup(ports: Ports, input: ChooseBackupInput, signal?: AbortSignal): Promise<ChosenBackup> {
  const { backup: named, brokenSince } = input;
  const target = toolStoreTarget(ports, input.target);
  const sets = new Map((await openBackups(ports, target, signal)).map((set) => [set.id, set]));
  const all = [...sets.values()].map((set) => describeSet(set, target.id));
  if (all.length === 0) {
    throw fail('no-backup', {
      en: `There is no backup of ${target.id} in ${target.repositories.join(', ')}.`,
      ja: `${target.id} のバックアップが ${target.repositories.join('、')} にありません。`,
    });
  }
  const candidates = named === undefined ? orderCandidates(all, brokenSince) : byName(all, named, target.id, brokenSince);
  const faults: SetFault[] = [];
  for (const candidate of candidates) {
    const tested = await usable(ports, target.id, sets.get(candidate.backup.id)!, signal);
    if (tested.fault !== undefined) faults.push(tested.fault);
    if (!tested.passed) continue;
    const backup = describeSet(tested.set, target.id);
    return {
      backup,
      suspect: candidate.suspect,
      why: named === undefined ? candidate.why : namedWhy(candidate),
      alternatives: alternativesTo(backup.id, all),
      rpoMs: lostMs(backup, brokenSince ?? new Date().toISOString()),
    };
  }
  throw faultOf(summarize(faults));
}

function byName(all: readonly Backup[], named: string, target: string, brokenSince: string | undefined) {
  const found = all.find(({ id }) => id === named);
  if (found === undefined) {
    throw fail('no-backup', { en: `${target} has no backup ${named}.`, ja: `${target} にバックアップ ${named} はありません。` });
  }
  return [assess(found, brokenSince)];
}

const namedWhy = ({ backup, suspect, why }: ReturnType<typeof assess>) =>
  suspect ? why : { en: `${backup.id} was asked for by name.`, ja: `${backup.id} が指定されました。` };

/** A passed test counts while the copy still is what it tested; anything else is tested now. */
async function usable(ports: Ports, target: string, set: BackupSet, signal?: AbortSignal) {
  const best = set.copies[0];
  if (best?.test?.passed === true && (await stillWhole(set, signal))) return { set, passed: true, fault: undefined };
  return testSet(ports, target, set, signal);
}

/** Tools byte for byte, the rest by being there; the log is hashed when it is restored. */
async function stillWhole(set: BackupSet, signal?: AbortSignal): Promise<boolean> {
  const copy = set.copies[0]!;
  try {
    if ((await copy.strange()).length > 0) return false;
    const tools = set.manifest!.files.filter(({ path }) => isToolPath(path));
    const whole = await inParallel(tools, async (file) => (await copy.read(file, 0, signal)).sha256 === file.sha256);
    return whole.every(Boolean);
  } catch (error) {
    if (error instanceof UnsafePath || codeOf(error) === 'ENOENT' || codeOf(error) === 'EIO') return false;
    throw error;
  }
}

function summarize(faults: readonly SetFault[]): SetFault {
  const some = faults.slice(0, 3);
  return {
    code: faults.length > 0 && faults.every(({ code }) => code === 'backup-unsafe') ? 'backup-unsafe' : 'backup-corrupt',
    sentence: {
      en: `No backup can be used (${faults.length} tried): ${some.map(({ sentence }) => sentence.en).join(' ')}`,
      ja: `使えるバックアップがありません(${faults.length} 件を検査): ${some.map(({ sentence }) => sentence.ja).join('')}`,
    },
  };
}
