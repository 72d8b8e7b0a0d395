/** The ledger: the one list that query, Temporal UI, events, report and tests read. Kept in the workflow, shown as it happens. */
import { setCurrentDetails, upsertMemo, upsertSearchAttributes } from '@temporalio/workflow';
import { renderDetails } from '../../domain/details.ts';
import type {
  GateState,
  LedgerChange,
  LedgerEntry,
  RecoveryState,
  RecoveryStatus,
  Step,
  Waiting,
} from '../../domain/recovery.ts';
import { phaseAttribute, statusAttribute } from '../../domain/search-attributes.ts';
import { memoOf } from '../../domain/stale.ts';
import type { Locale, Text } from '../../domain/text.ts';

const nothingYet: Text = { en: '', ja: '' };

export class Ledger {
  readonly entries: LedgerEntry[] = [];
  readonly #steps = new Map<string, Step>();
  readonly #waiting = new Map<string, Waiting>();
  readonly #render: () => RecoveryState;
  readonly #heard: (step: Step) => void;
  #shown = '';
  #gatesOpen = 0;
  #phaseBeforeGate = '';
  // The API starts every recovery with these.
  #attributes = 'running begin';
  #flushing = false;
  status: RecoveryStatus = 'running';
  phase = 'begin';
  locale: Locale = 'ja';

  /** `render` makes the whole state; the ledger only knows steps, gates and status. `heard` gets every step as it changes. */
  constructor(render: () => RecoveryState, heard: (step: Step) => void = () => {}) {
    this.#render = render;
    this.#heard = heard;
  }

  get steps(): readonly Step[] {
    return [...this.#steps.values()];
  }

  get waiting(): readonly Waiting[] {
    return [...this.#waiting.values()];
  }

  begin(name: string, attempts: number): void {
    const known = this.#steps.get(key('', name));
    this.step({
      name,
      path: '',
      outcome: 'running',
      sentence: known?.sentence ?? nothingYet,
      startedAt: known?.startedAt ?? now(),
      attempts,
    });
  }

  /** Changes the outcome of a step that has begun; `waiting` and `running` leave it open. */
  turn(name: string, outcome: Step['outcome'], sentence: Text, evidence?: Step['evidence']): void {
    const { endedAt: _, ...step } = this.#steps.get(key('', name))!;
    const open = outcome === 'running' || outcome === 'waiting';
    this.step({ ...step, outcome, sentence, ...(!open && { endedAt: now() }), ...(evidence && { evidence }) });
  }

  /** Takes a step as it is: a child's, or one of our own. */
  step(step: Step): void {
    this.#steps.set(key(step.path, step.name), step);
    this.#add({ event: 'step', step });
    this.#heard(step);
  }

  gate(waiting: Waiting, state: GateState, sentence: Text): void {
    if (state === 'open') this.#waiting.set(waiting.gate, waiting);
    else this.#waiting.delete(waiting.gate);
    this.#add({ event: 'gate', gate: waiting.gate, path: waiting.path, state, sentence, waiting });
    if (this.status === 'running' || this.status === 'waiting') this.turnStatus(this.#waiting.size > 0 ? 'waiting' : 'running');
  }

  /** Something worth keeping that changes nothing, such as a vote that does not count. */
  note(sentence: Text): void {
    this.#add({ event: 'status', status: this.status, phase: this.phase, sentence });
  }

  /** Phase `gate` until the last of the gates that are open together is left. */
  enterGate(): () => void {
    if (this.#gatesOpen++ === 0) this.#phaseBeforeGate = this.phase;
    this.turnPhase('gate');
    return () => {
      // A cancellation may have led on to another phase meanwhile.
      if (--this.#gatesOpen === 0 && this.phase === 'gate') this.turnPhase(this.#phaseBeforeGate);
    };
  }

  turnPhase(phase: string): void {
    if (phase !== this.phase) this.turnStatus(this.status, phase);
  }

  turnStatus(status: RecoveryStatus, phase = this.phase): void {
    if (status === this.status && phase === this.phase) return;
    this.status = status;
    this.phase = phase;
    this.#add({ event: 'status', status, phase });
  }

  end(): void {
    this.#add({ event: 'end', status: this.status });
  }

  #add(change: LedgerChange): void {
    this.entries.push({ number: this.entries.length + 1, at: now(), ...change });
    if (this.#flushing) return;
    this.#flushing = true;
    // What happens in one breath is shown once: each upsert is an event, and the memo grows with the ledger.
    void Promise.resolve().then(() => {
      this.#flushing = false;
      this.#show();
    });
  }

  #show(): void {
    const state = this.#render();
    setCurrentDetails(renderDetails(state, this.locale));
    const attributes = `${this.status} ${this.phase}`;
    if (attributes !== this.#attributes) {
      this.#attributes = attributes;
      upsertSearchAttributes([
        { key: statusAttribute, value: this.status },
        { key: phaseAttribute, value: this.phase },
      ]);
    }
    // The memo is what the API shows while no worker can answer a query; that a step has begun is not worth one.
    const outcomes = state.steps.map(({ outcome }) => outcome).filter((outcome) => outcome !== 'running');
    const waits = state.waitingFor.map(({ gate, digest, deadline, votes }) => `${gate} ${digest} ${deadline} ${votes.length}`);
    const shown = `${attributes} ${outcomes.join()} ${waits.join()}`;
    if (shown !== this.#shown) upsertMemo({ status: memoOf(state, now()) });
    this.#shown = shown;
  }
}

const key = (path: string, name: string): string => `${path}\n${name}`;
const now = (): string => new Date().toISOString();
