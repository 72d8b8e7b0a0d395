/** Recoveries inside recoveries: the inner one reports to its root, which owns its gates; its changes are kept or undone with the outer one's. */
import { condition, ParentClosePolicy, startChild, workflowInfo } from '@temporalio/workflow';
import { fail } from '../../domain/fail.ts';
import { childWorkflowId, controlQueue } from '../../domain/identity.ts';
import {
  cancelChildSignal,
  settleSignal,
  type CancelRequest,
  type ChildOrigin,
  type Covered,
  type RecoveryStart,
} from '../../domain/messages.ts';
import type { RecoveryState } from '../../domain/recovery.ts';
import {
  incidentAttribute,
  phaseAttribute,
  scenarioAttribute,
  siteAttribute,
  statusAttribute,
  targetAttribute,
} from '../../domain/search-attributes.ts';
import type { Text } from '../../domain/text.ts';
import { attempt } from './attempt.ts';
import { Ending, tellFailure } from './ending.ts';
import { workflowTaskTimeout } from './policies.ts';
import { isDryRun, type Run, type Undone } from './run.ts';

export interface InnerRecovery {
  readonly scenario: string;
  readonly workflowType: string;
  readonly target: string;
  readonly input?: unknown;
  /** Gates that people have answered with an approval of ours; a policy of its target still asks. */
  readonly covered?: Covered;
  /** Whose workers carry it out; the target's own when left out. */
  readonly site?: string;
  /** What a dry run says in its place: it cannot be planned before something else was really done. */
  readonly later?: Text;
  /** What it lost counts as lost by the whole; where it cannot say how much, neither can we. */
  readonly mayLose?: true;
}

/** Runs another recovery as a step. It ends with this one: its changes are kept when we end well, undone when we do not. */
export async function recoverInside(run: Run, name: string, inner: InnerRecovery): Promise<void> {
  const info = workflowInfo();
  const origin = run.start.parent;
  const path = pathOf(run, name);
  const parent: ChildOrigin = {
    root: origin?.root ?? run.id,
    rootWorkflowId: origin?.rootWorkflowId ?? info.workflowId,
    rootRunId: origin?.rootRunId ?? info.runId,
    path,
    leases: [...(origin?.leases ?? []), ...run.leases.map((lease) => lease.target)],
    ancestors: [...(origin?.ancestors ?? []), { id: run.id, target: run.start.target }],
    ...(run.noReturn && { noReturn: run.noReturn }),
    ...((inner.covered ?? origin?.covered) && { covered: inner.covered ?? origin?.covered }),
    ...((inner.site ?? origin?.site) && { site: inner.site ?? origin?.site }),
  };
  const { proof: _, ...asked } = run.start;
  const { scenario, target, input = {} } = inner;
  const start: RecoveryStart = { ...asked, requestedBy: run.requestedBy, scenario, target, input, parent };
  await attempt(run, name, async () => {
    if (inner.later && isDryRun(run)) return { value: undefined, outcome: 'planned', sentence: inner.later };
    const child = await startChild(inner.workflowType, {
      workflowId: childWorkflowId(parent.rootWorkflowId, path),
      taskQueue: controlQueue,
      args: [start],
      parentClosePolicy: ParentClosePolicy.TERMINATE,
      workflowTaskTimeout,
      staticSummary: `${inner.scenario} of ${inner.target}, part of ${run.start.scenario} of ${run.start.target}`,
      typedSearchAttributes: [
        { key: scenarioAttribute, value: inner.scenario },
        { key: targetAttribute, value: inner.target },
        { key: statusAttribute, value: 'running' },
        { key: phaseAttribute, value: 'begin' },
        { key: siteAttribute, value: run.context.site },
        ...(run.start.incident === undefined ? [] : [{ key: incidentAttribute, value: run.start.incident }]),
      ],
    });
    const cancel = async (request: CancelRequest): Promise<void> => {
      try {
        await child.signal(cancelChildSignal, request);
      } catch (error) {
        // It ended meanwhile: we hear of that by itself.
        tellFailure(error);
      }
    };
    run.children.add(cancel);
    // What an attempt before left there, this one settles first.
    run.leftInside.delete(path);
    run.serving.delete(path);
    let finished = false;
    let ended: { state?: RecoveryState; error?: unknown } | undefined;
    child.result().then(
      (state) => (ended = { state: state as RecoveryState }),
      (error: unknown) => (ended = { error }),
    );
    const cancelled = run.cancelled ?? (run.noReturn ? undefined : run.stopped.get(path));
    if (cancelled) await cancel(cancelled);
    await condition(() => (finished = run.finishedPaths.has(path)) || ended !== undefined);
    run.children.delete(cancel);
    if (ended?.error !== undefined) {
      await run.gates.withdraw(path);
      if (mayHaveLeft(ended.error)) run.leftInside.add(path);
    }
    if (finished) {
      const settle = async (word: 'keep' | 'undo'): Promise<RecoveryState> => {
        if (ended === undefined) await child.signal(settleSignal, word);
        await condition(() => ended !== undefined);
        if (ended!.state === undefined) throw ended!.error;
        return ended!.state;
      };
      run.settle.push(async () => {
        const { objectives } = await settle('keep');
        if (inner.mayLose) run.losses.push(objectives.rpoAchieved);
      });
      run.undos.push({ key: path, step: name, run: () => undone(settle) });
      run.applied = true;
      return { value: undefined, sentence: recovered(inner) };
    }
    if (ended!.error !== undefined) throw ended!.error;
    const state = ended!.state!;
    if (state.status === 'planned') return { value: undefined, outcome: 'planned', sentence: recovered(inner) };
    if (state.status === 'rolled-back') run.applied = true;
    if (state.status === 'failed') throw fail('child-not-recovered', endedAs(inner, state));
    throw new Ending(endedAs(inner, state));
  });
  if (!isDryRun(run)) run.verifiedAt = Date.now();
}

export const pathOf = ({ start: { parent } }: Run, name: string): string => (parent ? `${parent.path}/${name}` : name);

/** One that could not begin has left nothing; one that failed or was terminated says so, or cannot say anything. */
const mayHaveLeft = (error: unknown): boolean => ['changes-remain', 'internal'].includes(tellFailure(error).code);

async function undone(settle: (word: 'undo') => Promise<RecoveryState>): Promise<Undone> {
  const state = await settle('undo');
  if (state.status !== 'rolled-back' && state.status !== 'stopped') {
    throw fail('child-not-recovered', {
      en: `The inner recovery ended ${state.status}.`,
      ja: `内側の復旧は ${state.status} で終わりました。`,
    });
  }
  return { sentence: { en: 'Undone with all its changes.', ja: 'すべての変更を元に戻しました。' }, isClean: true };
}

const recovered = ({ scenario, target }: InnerRecovery): Text => ({
  en: `${scenario} of ${target} is through.`,
  ja: `${target} の ${scenario} が済みました。`,
});
const endedAs = ({ scenario, target }: InnerRecovery, { status }: RecoveryState): Text => ({
  en: `${scenario} of ${target} ended ${status}.`,
  ja: `${target} の ${scenario} は ${status} で終わりました。`,
});
