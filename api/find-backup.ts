/** One backup by its id: still being taken, in a repository, or failed before it was whole. */
import type { Backup } from '../domain/backup.ts';
import { backupWorkflowId } from '../domain/identity.ts';
import type { Locale } from '../domain/text.ts';
import { backupOfMemo, type BackupLists } from './backup-lists.ts';
import type { ApiWorld } from './context.ts';
import type { Execution } from './gateway.ts';
import { say } from './language.ts';
import { isFailure, notFound, sentenceOf } from './problem.ts';

/** Fails: not-found, no-worker where it may be and nobody answers, temporal-away. */
export async function findBackup(world: ApiWorld, lists: BackupLists, id: string, locale: Locale): Promise<Backup> {
  const run = await world.gateway.describe(backupWorkflowId(id));
  const taking = run && (await lists.underWay(run));
  if (taking) return taking;
  // The id alone does not say whose it is; its workflow does, as long as Temporal remembers it.
  const owner = run && world.inventory().targets.find((target) => target.id === run.attributes.target);
  const outcomes = await Promise.allSettled((owner ? [owner] : lists.targets()).map((target) => lists.of(target)));
  for (const outcome of outcomes) {
    const found = outcome.status === 'fulfilled' && outcome.value.find((backup) => backup.id === id);
    if (found) return found;
  }
  const failed = run?.state === 'broken' && (await failedBackup(world, run, locale));
  if (failed) return failed;
  for (const outcome of outcomes) if (outcome.status === 'rejected') throw outcome.reason;
  throw notFound({ en: `There is no backup ${id}.`, ja: `バックアップ ${id} はありません。` });
}

async function failedBackup({ gateway }: ApiWorld, run: Execution, locale: Locale): Promise<Backup | undefined> {
  const backup = backupOfMemo(run);
  if (!backup) return undefined;
  const [outcome] = await Promise.allSettled([gateway.result(run)]);
  const stated = outcome.status === 'rejected' && isFailure(outcome.reason) ? sentenceOf(outcome.reason) : undefined;
  const failure = say(stated ?? { en: 'It was stopped before it was whole.', ja: '完了前に中断されました。' }, locale);
  return { ...backup, status: 'failed', finishedAt: run.closedAt ?? run.startedAt, failure };
}
