/** Makes a workflow out of a story: handlers first, then hold the target, tell the story, keep or undo, leave the record. */
import { allHandlersFinished, CancellationScope, condition, workflowInfo } from '@temporalio/workflow';
import type { z } from 'zod';
import { recoveryStart } from '../../contracts/inputs/start.ts';
import { fail } from '../../domain/fail.ts';
import type { FieldError } from '../../domain/failures.ts';
import { recoveryId } from '../../domain/identity.ts';
import type { RecoveryStart } from '../../domain/messages.ts';
import type { RecoveryState, RecoveryStatus } from '../../domain/recovery.ts';
import { kernelActivities } from './activities.ts';
import { attempt, safePoint } from './attempt.ts';
import { Upwards } from './child.ts';
import { Ending } from './ending.ts';
import { RootGates } from './gates.ts';
import { listen } from './handlers.ts';
import { asHolder, holdLease } from './lease.ts';
import { Ledger } from './ledger.ts';
import { isDryRun, renderState, type Run } from './run.ts';
import { callUndo, rollBack } from './undo.ts';
import { Recovery } from './words.ts';

export type Story<I> = (r: Recovery, input: I) => Promise<void>;

/** The workflow function of a scenario. Its argument is parsed again: a recovery may be started past the API. */
export function recovery<I>(scenario: string, input: z.ZodType<I>, story: Story<I>) {
  return async (untrusted: unknown): Promise<RecoveryState> => {
    const start = parse(recoveryStart, untrusted, '') as RecoveryStart;
    if (start.scenario !== scenario)
      throw fail('unknown-scenario', {
        en: `This workflow is ${scenario}, not ${start.scenario}.`,
        ja: `このワークフローは ${scenario} です。`,
      });
    const given = parse(input, start.input ?? {}, 'input');
    const run = createRun(start);
    listen(run);
    return CancellationScope.nonCancellable(async () => {
      const status = await tell(run, () => story(new Recovery(run), given));
      return finish(run, status);
    });
  };
}

function parse<T>(schema: z.ZodType<T>, value: unknown, at: string): T {
  const result = schema.safeParse(value);
  if (result.success) return result.data;
  const errors: FieldError[] = result.error.issues.map((issue) => ({
    path: [at, ...issue.path].filter(Boolean).join('.'),
    message: issue.message,
  }));
  const named = errors.map(({ path, message }) => `${path}: ${message}`).join('; ');
  throw fail('invalid-input', { en: `The start is refused: ${named}`, ja: `開始を拒否しました: ${named}` }, { errors });
}

function createRun(start: RecoveryStart): Run {
  const { firstExecutionRunId, startTime } = workflowInfo();
  const id = recoveryId(start.target, firstExecutionRunId);
  const upwards = start.parent && new Upwards(start.parent);
  const ledger = new Ledger(
    () => renderState(run),
    (step) => upwards?.step(step),
  );
  const kernel = kernelActivities(start.target);
  const run: Run = {
    id,
    start,
    startedAt: startTime.getTime(),
    ledger,
    kernel,
    upwards,
    gates:
      upwards ??
      new RootGates({
        id,
        requestedBy: start.requestedBy,
        ledger,
        kernel,
        cancelled: () => (run.rollingBack || run.noReturn ? undefined : run.cancelled),
      }),
    context: {
      target: start.target,
      kind: '',
      site: '',
      locale: 'ja',
      objectives: { rtoMs: 0, rpoMs: 0 },
      gates: {},
      facts: undefined,
    },
    undos: [],
    leases: [],
    children: new Set(),
    finishedPaths: new Set(),
    settle: [],
    waits: { approvals: [], decisions: [] },
    rollingBack: false,
    applied: false,
  };
  return run;
}

/** From the first activity to the last undo; answers how it ended. */
async function tell(run: Run, story: () => Promise<void>): Promise<RecoveryStatus> {
  const { scenario, target, mode } = run.start;
  run.context = await run.kernel.beginRecovery({
    id: run.id,
    workflowId: workflowInfo().workflowId,
    scenario,
    target,
    mode,
    startedAt: new Date(run.startedAt).toISOString(),
  });
  run.ledger.locale = run.context.locale;
  try {
    await holdTarget(run);
    await settleOpenChange(run);
    await story();
    if (run.verifiedAt === undefined && !isDryRun(run)) throw new Error(`${scenario} ended without a verification`);
    if (run.upwards && !isDryRun(run) && (await run.upwards.finished()) === 'undo')
      throw new Ending({ en: 'The outer recovery takes everything back.', ja: '外側の復旧がすべてを元に戻します。' });
    for (const keep of run.settle) await keep();
    return isDryRun(run) ? 'planned' : 'recovered';
  } catch (error) {
    if (!(error instanceof Ending)) throw error;
    run.rollingBack = true;
    run.ledger.note(error.why);
    delete run.verifiedAt;
    const clean = await rollBack(run);
    if (clean && !isDryRun(run)) await run.kernel.closeChange({ target, recovery: run.id });
    return !clean ? 'failed' : run.applied ? 'rolled-back' : 'stopped';
  }
}

/** One actor per target: the lease, unless an outer recovery holds it or nothing will be touched. */
async function holdTarget(run: Run): Promise<void> {
  const { target, parent } = run.start;
  if (isDryRun(run) || parent?.leases.includes(target)) return;
  await attempt<void>(run, 'hold target', async () => {
    run.leases.push(
      await holdLease(target, asHolder('recovery', parent?.root ?? run.id), (why) => {
        run.ledger.turn('hold target', 'waiting', why);
        safePoint(run);
      }),
    );
    return {
      value: undefined,
      sentence: { en: `${target} is held by this recovery alone.`, ja: `${target} はこの復旧だけが使います。` },
    };
  });
}

/** A change that an earlier recovery began and never verified is undone first. */
async function settleOpenChange(run: Run): Promise<void> {
  const open = run.context.openChange;
  if (open === undefined || open.recovery === run.id) return;
  const on = new Recovery(run).on<unknown>();
  await attempt<void>(
    run,
    'settle open change',
    async () => {
      const told = {
        en: `${open.recovery} left ${open.undos.length} change(s) unverified`,
        ja: `${open.recovery} の未検証の変更 ${open.undos.length} 件`,
      };
      if (isDryRun(run))
        return {
          value: undefined,
          outcome: 'planned',
          sentence: { en: `${told.en}: would undo.`, ja: `${told.ja}: 元に戻す予定。` },
        };
      for (const undo of open.undos.toReversed()) await callUndo(on, undo);
      await run.kernel.closeChange({ target: run.start.target, recovery: open.recovery });
      return { value: undefined, sentence: { en: `${told.en}: undone.`, ja: `${told.ja}: 元に戻しました。` } };
    },
    { skip: { value: undefined } },
  );
}

async function finish(run: Run, status: RecoveryStatus): Promise<RecoveryState> {
  run.endedAt = Date.now();
  run.ledger.turnStatus(status, 'end');
  run.ledger.end();
  const state = renderState(run);
  await run.kernel.recordEnd({ state, ledger: run.ledger.entries });
  for (const lease of run.leases.toReversed()) await lease.release();
  await condition(allHandlersFinished);
  if (status === 'failed')
    throw fail('changes-remain', {
      en: 'Changes remain on the target; see the report.',
      ja: '対象に変更が残っています。報告書を見てください。',
    });
  return state;
}
