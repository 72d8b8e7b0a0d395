/** Examines a store, keeps what was found, and makes of it a plan of quarantine or a verification. */
import { digestOf } from '../../domain/digest.ts';
import { checkAfterBreach } from '../../domain/breach/breach-checks.ts';
import { examinationSentence, examine } from '../../domain/breach/examine.ts';
import { dangersIn, isNamed, nameOfFile } from '../../domain/breach/examine-tool.ts';
import type { ExaminationReceipt, Suspicion, TrustedTools } from '../../domain/breach/words.ts';
import type { Plan } from '../../domain/recovery.ts';
import type { Text } from '../../domain/text.ts';
import { isToolPath } from '../../domain/tool-store/layout.ts';
import type { BackupFile } from '../../domain/tool-store/restore-plan.ts';
import type { Check } from '../../domain/verification.ts';
import type { Ports } from '../ports/index.ts';
import { findingsKey } from '../records/keys.ts';
import { planSetAside, readMoves } from '../set-aside/plan-moves.ts';
import { openBackup } from '../tool-store/open-backups.ts';
import { checkedName } from '../records/checked-name.ts';
import { readBackupFiles } from '../tool-store/read-backup.ts';
import { toolStoreTarget } from '../tool-store/target.ts';
import { evidenceFaults } from './evidence.ts';
import type { BreachActivities, ExamineInput } from './interface.ts';
import { lookAtBreach } from './look-at-breach.ts';

/** What of the findings goes through history. */
const mostFindings = 10;

export async function examineBreach(ports: Ports, input: ExamineInput, signal?: AbortSignal): Promise<ExaminationReceipt> {
  const examination = examine(await lookAtBreach(ports, input, signal));
  const digest = digestOf(examination);
  const ref = findingsKey(checkedName(input.recovery), digest);
  await ports.records.put(ref, JSON.stringify(examination));
  return {
    ref,
    digest,
    suspicious: examination.suspicions.length,
    findings: examination.findings.slice(0, mostFindings),
    sentence: examinationSentence(examination),
  };
}

export async function planQuarantine(ports: Ports, input: ExamineInput, signal?: AbortSignal): Promise<Plan> {
  const { suspicions } = examine(await lookAtBreach(ports, input, signal));
  const tools = suspicions.map(({ path, reasons }) => ({ path, why: together(reasons) }));
  return planSetAside(ports, { target: input.target, recovery: input.recovery, tools, into: 'quarantine' }, signal);
}

const together = (sentences: readonly Text[]): Text => ({
  en: sentences.map(({ en }) => en).join(' '),
  ja: sentences.map(({ ja }) => ja).join(''),
});

type Input<Name extends keyof BreachActivities> = Parameters<BreachActivities[Name]>[0];

export async function judgeBackup(ports: Ports, input: Input<'judgeBackup'>, signal?: AbortSignal): Promise<TrustedTools> {
  const target = toolStoreTarget(ports, input.target);
  const files = await readBackupFiles(await openBackup(ports, target, input.backup, signal), signal);
  const tools: string[] = [];
  const leftOut: Suspicion[] = [];
  for (const file of files) {
    if (!isToolPath(file.path) || file.judged?.ok !== true) continue;
    const reasons = reasonsAgainstBackup(file, input);
    if (reasons.length === 0) tools.push(file.judged.tool.id);
    else leftOut.push({ path: file.path, name: nameOfFile(file), reasons: reasons.slice(0, 2) });
  }
  return { tools, leftOut: leftOut.length, why: leftOut.slice(0, mostFindings) };
}

/** A breach may be older than anybody thinks: what is dangerous in the backup does not come back either. */
function reasonsAgainstBackup(file: BackupFile, { tools, trusted, brokenSince }: Input<'judgeBackup'>): Text[] {
  if (isNamed(file, tools)) return [{ en: 'Named by whoever asked.', ja: '依頼者が指定。' }];
  if (isNamed(file, trusted) || file.judged?.ok !== true) return [];
  const created = file.judged.tool['createdAt'];
  const isNew = brokenSince !== undefined && typeof created === 'string' && Date.parse(created) >= Date.parse(brokenSince);
  return [
    ...(isNew ? [{ en: `Created since ${brokenSince}.`, ja: `${brokenSince} 以後に作成。` }] : []),
    ...dangersIn(file.judged),
  ];
}

export async function verifyBreach(ports: Ports, input: Input<'verifyBreach'>, signal?: AbortSignal): Promise<readonly Check[]> {
  const world = await lookAtBreach(ports, input, signal);
  const moves =
    input.quarantine === undefined ? undefined : await readMoves(ports, toolStoreTarget(ports, input.target), input.quarantine);
  return checkAfterBreach({
    examination: examine(world),
    moves,
    live: world.live,
    sources: input.code === 'leave' ? undefined : world.sources,
    evidenceFaults: await evidenceFaults(ports, input, signal),
  });
}
