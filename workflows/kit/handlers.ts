/** Everything that may be said to a running recovery, registered before its first await. */
import { CancellationScope, getExternalWorkflowHandle, setHandler } from '@temporalio/workflow';
import { envelopeSchema } from '../../contracts/inputs/decision.ts';
import { fail } from '../../domain/fail.ts';
import {
  cancelChildSignal,
  cancelUpdate,
  childFinishedSignal,
  childReportSignal,
  childServesSignal,
  decideSignal,
  decideUpdate,
  gateOutcomeSignal,
  ledgerQuery,
  statusQuery,
  type CancelRequest,
  type ChildReport,
  type Envelope,
} from '../../domain/messages.ts';
import { plain } from '../../domain/text.ts';
import { tellFailure } from './ending.ts';
import { cancelledBy } from '../../domain/gate-sentences.ts';
import { RootGates } from './gates.ts';
import { renderState, type Run } from './run.ts';

export function listen(run: Run): void {
  setHandler(statusQuery, () => renderState(run));
  setHandler(ledgerQuery, (after) => run.ledger.entries.slice(after));
  setHandler(childServesSignal, (path) => void run.serving.add(path));
  setHandler(childFinishedSignal, (path) => void run.finishedPaths.add(path));
  // The Temporal UI's own "Request Cancellation" means the same as ours.
  CancellationScope.current().cancelRequested.catch(() =>
    toTheEnd(cancel)(run, { by: 'temporal', reason: 'cancellation requested' }),
  );
  setHandler(cancelChildSignal, (request) => toTheEnd(cancel)(run, request));
  const { gates } = run;
  if (!(gates instanceof RootGates)) return;

  setHandler(decideUpdate, (envelope) => gates.decide(envelope), {
    description: 'Decide at a gate',
    // Refuses shape and unknown gates only: what a validator refuses leaves no event, so it must not touch the ledger.
    validator: (envelope) => checkEnvelope(gates, envelope),
  });
  setHandler(decideSignal, (envelope) => toTheEnd(decideBySignal)(run, gates, envelope));
  setHandler(cancelUpdate, async (request) => {
    if (run.noReturn) {
      run.ledger.note(cancelRefused(request));
      throw fail('past-no-return', run.noReturn);
    }
    await cancel(run, request);
    return { accepted: true as const };
  });
  setHandler(childReportSignal, (...reports) => toTheEnd(hearAll)(run, gates, reports));
}

/** Handlers run in the workflow's own scope: once Temporal has cancelled that, whatever they await would be refused. */
const toTheEnd =
  <Args extends unknown[]>(handle: (...args: Args) => Promise<void>) =>
  (...args: Args): Promise<void> =>
    CancellationScope.nonCancellable(() => handle(...args));

async function cancel(run: Run, request: CancelRequest): Promise<void> {
  if (run.noReturn) return run.ledger.note(cancelRefused(request));
  if (run.cancelled || run.endedAt !== undefined) return;
  run.cancelled = request;
  run.ledger.note(cancelledBy(request));
  await Promise.all([...run.children].map((tell) => CancellationScope.nonCancellable(() => tell(request))));
}

const cancelRefused = ({ by }: CancelRequest) => ({
  en: `${by} asked to cancel: refused, there is no way back.`,
  ja: `${by} の中止は拒否: 後戻りできない地点を過ぎています。`,
});

function checkEnvelope(gates: RootGates, envelope: Envelope): void {
  const result = envelopeSchema.safeParse(envelope);
  if (!result.success) {
    const errors = result.error.issues.map((issue) => ({ path: issue.path.join('.'), message: issue.message }));
    throw fail('bad-request', plain(errors.map(({ path, message }) => `${path}: ${message}`).join('; ')), { errors });
  }
  const { gate } = envelope.statement;
  if (!gates.knows(gate)) throw fail('not-found', { en: `No gate ${gate}.`, ja: `関門 ${gate} はありません。` });
}

/** A signal has nobody to answer to: what does not count is in the ledger. */
async function decideBySignal(run: Run, gates: RootGates, envelope: Envelope): Promise<void> {
  try {
    checkEnvelope(gates, envelope);
  } catch (error) {
    return run.ledger.note(tellFailure(error).sentence);
  }
  try {
    await gates.decide(envelope);
  } catch (error) {
    tellFailure(error);
  }
}

/** In their order; none waits for the answer of a gate before it. */
async function hearAll(run: Run, gates: RootGates, reports: readonly ChildReport[]): Promise<void> {
  await Promise.all(reports.map((report) => hear(run, gates, report)));
}

/** A child's step, gate or point of no return becomes ours. */
async function hear(run: Run, gates: RootGates, report: ChildReport): Promise<void> {
  if (report.tells === 'step') return run.ledger.step(report.step);
  if (report.tells === 'gone') return gates.withdraw(report.path);
  if (report.tells === 'stopped') return void run.stopped.set(report.path, report.request);
  if (report.tells === 'no-return') {
    run.noReturn = report.why;
    return run.ledger.note(report.why);
  }
  const { question, policy, childWorkflowId } = report;
  const stretch: { from: number; to?: number } = { from: Date.now() };
  run.waits[question.kind === 'failed-step' ? 'decisions' : 'approvals'].push(stretch);
  const outcome = await gates.ask({ ...question, policy });
  stretch.to = Date.now();
  try {
    await getExternalWorkflowHandle(childWorkflowId).signal(gateOutcomeSignal, { gate: question.gate, ...outcome });
  } catch (error) {
    // The child ended meanwhile: its parent hears of it by itself.
    run.ledger.note(tellFailure(error).sentence);
  }
}
