/** Makes a workflow out of a story: handlers first, then hold the target, tell the story, keep or undo, leave the record. */
import { allHandlersFinished, CancellationScope, condition, patched, workflowInfo } from '@temporalio/workflow';
import type { z } from 'zod';
import { recoveryStart } from '../../contracts/inputs/recovery-start.ts';
import { fail } from '../../domain/fail.ts';
import type { FieldError } from '../../domain/failures.ts';
import { recoveryId } from '../../domain/identity.ts';
import type { RecoveryStart } from '../../domain/messages.ts';
import { recoveryStatuses, type RecoveryState, type RecoveryStatus } from '../../domain/recovery.ts';
import type { Text } from '../../domain/text.ts';
import { kernelActivities } from './activities.ts';
import { Announcer } from './announcer.ts';
import { begin, heedCoolDown, holdTargets, settleOpenChange } from './begin.ts';
import { Ending } from './ending.ts';
import { RootGates } from './gates.ts';
import { listen } from './handlers.ts';
import { insist } from './insist.ts';
import { Ledger } from './ledger.ts';
import { isDryRun, renderState, type Run } from './run.ts';
import { closeOpenChange, rollBack } from './undo.ts';
import { Upwards } from './upwards.ts';
import { Recovery } from './words.ts';

export type Story<I> = (r: Recovery, input: I) => Promise<void>;

/** The workflow function of a scenario. Its argument is parsed again: a recovery may be started past the API. */
export function recovery<I>(scenario: string, input: z.ZodType<I>, story: Story<I>) {
  return async (untrusted: unknown): Promise<RecoveryState> => {
    const start = parse(recoveryStart, untrusted, '') as RecoveryStart;
    if (start.scenario !== scenario) {
      throw fail('unknown-scenario', {
        en: `This workflow is ${scenario}, not ${start.scenario}.`,
        ja: `このワークフローは ${scenario} です。`,
      });
    }
    refuseInventedParent(start);
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

/** A child holds no lease and decides no gate of its own: only a workflow that really is one may call itself so. */
function refuseInventedParent({ parent }: RecoveryStart): void {
  const { parent: real, root } = workflowInfo();
  if (parent === undefined || (real !== undefined && root?.workflowId === parent.rootWorkflowId)) return;
  throw fail('invalid-input', {
    en: 'parent: this recovery runs inside no other one.',
    ja: 'parent: この復旧は他の復旧の内側ではありません。',
  });
}

function createRun(start: RecoveryStart): Run {
  const { firstExecutionRunId, startTime } = workflowInfo();
  const id = recoveryId(start.target, firstExecutionRunId);
  const isKernel2 = patched('kernel-2');
  const kernel = kernelActivities(start.target);
  const requestedBy = (): string => run.requestedBy;
  const note = (sentence: Text): void => ledger.note(sentence);
  const { parent } = start;
  const upwards =
    parent && new Upwards(parent, isKernel2 ? { root: parent.root, requestedBy, kernel, note, used: new Set() } : undefined);
  const announcer = isKernel2 && !parent && start.mode === 'run' ? new Announcer(() => run) : undefined;
  const ledger = new Ledger(
    () => renderState(run),
    (step) => upwards?.step(step),
  );
  const run: Run = {
    id,
    start,
    startedAt: startTime.getTime(),
    isKernel2,
    requestedBy: start.requestedBy,
    ledger,
    kernel,
    upwards,
    announcer,
    gates:
      upwards ??
      new RootGates({
        id,
        requestedBy,
        ledger,
        kernel,
        announcer,
        remindMs: () => Math.max(60_000, Math.floor(run.context.objectives.rtoMs / 3)),
        cancelled: (path) => (run.storyOver || run.noReturn ? undefined : (run.cancelled ?? stoppedAt(run, path))),
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
    serving: new Set(),
    finishedPaths: new Set(),
    settle: [],
    stopped: new Map(),
    leftInside: new Set(),
    losses: [],
    waits: { approvals: [], decisions: [] },
    storyOver: false,
    ...(start.parent?.noReturn && { noReturn: start.parent.noReturn }),
    opened: false,
    applied: false,
  };
  return run;
}

/** Whoever asks there, or further inside. */
const stoppedAt = ({ stopped }: Run, asker: string) =>
  [...stopped].find(([path]) => asker === path || asker.startsWith(`${path}/`))?.[1];

/** From the first activity to the last undo; answers how it ended. */
async function tell(run: Run, story: () => Promise<void>): Promise<RecoveryStatus> {
  try {
    run.context = await insist(run, 'begin', () => begin(run));
    run.ledger.locale = run.context.locale;
    run.requestedBy = run.context.requester ?? run.requestedBy;
    await holdTargets(run);
    await heedCoolDown(run);
    await settleOpenChange(run);
    await story();
    if (run.verifiedAt === undefined && !isDryRun(run)) throw new Error(`${run.start.scenario} ended without a verification`);
    if (run.upwards && !isDryRun(run) && (await run.upwards.finished()) === 'undo') {
      throw new Ending({ en: 'The outer recovery takes everything back.', ja: '外側の復旧がすべてを元に戻します。' });
    }
    for (const keep of run.settle) await keep();
    return isDryRun(run) ? 'planned' : 'recovered';
  } catch (error) {
    if (!(error instanceof Ending)) throw error;
    run.storyOver = true;
    run.ledger.note(error.why);
    delete run.verifiedAt;
    delete run.servedAt;
    const clean = await rollBack(run);
    if (clean) await insist(run, 'close change', () => closeOpenChange(run, 'undone'));
    return !clean || run.leftInside.size > 0 ? 'failed' : run.applied ? 'rolled-back' : 'stopped';
  }
}

async function finish(run: Run, status: RecoveryStatus): Promise<RecoveryState> {
  run.endedAt = Date.now();
  run.storyOver = true;
  run.ledger.turnStatus(status, 'end');
  run.ledger.end();
  const state = renderState(run);
  await Promise.all([
    insist(run, 'record end', () => run.kernel.recordEnd({ state, ledger: run.ledger.entries })),
    ...run.leases.map((lease) => lease.release()),
  ]);
  run.announcer?.ended(state, endOf(state));
  await Promise.all([run.upwards?.arrived(), run.announcer?.settled()]);
  await condition(allHandlersFinished);
  if (status === 'failed') {
    throw fail('changes-remain', {
      en: 'Changes remain on the target; see the report.',
      ja: '対象に変更が残っています。報告書を見てください。',
    });
  }
  return state;
}

const endOf = ({ scenario, target, status }: RecoveryState): Text => ({
  en: `${scenario} of ${target} ended: ${recoveryStatuses[status].en}.`,
  ja: `${target} の ${scenario} が終了: ${recoveryStatuses[status].ja}。`,
});
