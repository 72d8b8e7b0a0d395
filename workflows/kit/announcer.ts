/** Tells people what happens, beside the recovery: no step waits for a mail server, and a repeat carries the same event id. */
import { digestOf } from '../../domain/digest.ts';
import type { GateOutcome, RecoveryStart } from '../../domain/messages.ts';
import type { Audience, Notification, Occasion } from '../../domain/notification.ts';
import { toldAs } from '../../domain/notification-sentences.ts';
import type { RecoveryState, Waiting } from '../../domain/recovery.ts';
import type { Text } from '../../domain/text.ts';
import { messages } from './activities.ts';
import { tellFailure } from './ending.ts';
import type { Ledger } from './ledger.ts';

/** What of a run a message speaks of. */
interface Subject {
  readonly id: string;
  readonly start: RecoveryStart;
  readonly requestedBy: string;
  readonly context: { readonly owner?: string };
  readonly ledger: Ledger;
  readonly endedAt?: number;
}

type Asking = 'opened' | 'next-group' | 'reminder' | 'alone';

export class Announcer {
  readonly #run: () => Subject;
  readonly #underWay = new Set<Promise<void>>();
  readonly #asked = new Map<string, number>();

  constructor(run: () => Subject) {
    this.#run = run;
  }

  /** A gate of one name may open several times; each time is news. */
  opens(gate: string): void {
    this.#asked.set(gate, (this.#asked.get(gate) ?? 0) + 1);
  }

  /** To the people who may decide now, or once one may go on alone, to all of them. */
  asks(waiting: Waiting, why: Asking): void {
    const { gate, digest, deadline, from, need, choices, otherwise, title } = waiting;
    const occasion = why !== 'opened' ? why : waiting.kind === 'failed-step' ? 'failed-step' : 'gate';
    const key = { ask: this.#asked.get(gate), gate, digest, deadline, from, ...(why === 'reminder' && { at: Date.now() }) };
    const to: Audience =
      why === 'alone'
        ? { roles: ['approver', 'operator'], from: [], also: [], except: [] }
        : {
            roles: waiting.kind === 'approval' ? ['approver'] : waiting.breakGlass ? ['approver', 'operator'] : ['operator'],
            from: waiting.breakGlass ? [] : from,
            also: [],
            except: waiting.kind === 'approval' ? [this.#run().requestedBy] : [],
          };
    this.#tell(occasion, key, title, to, { asks: { gate, need, choices, deadline, otherwise } });
  }

  /** What people did outside the usual rules is told to everyone who could have decided. */
  decided({ gate, digest, breakGlass }: Waiting, { decision, by, why, alone }: GateOutcome): void {
    const occasion = alone ? 'decided-alone' : breakGlass && decision === 'skip' ? 'break-glass' : undefined;
    if (occasion === undefined) return;
    const to: Audience = { roles: ['approver', 'operator'], from: [], also: [], except: [by] };
    this.#tell(occasion, { ask: this.#asked.get(gate), gate, digest }, why, to);
  }

  /** To whoever asked, decided, or owns the target. */
  ended({ status, requestedBy }: RecoveryState, sentence: Text): void {
    const run = this.#run();
    const voters = run.ledger.entries.flatMap((entry) => (entry.event === 'gate' ? entry.waiting.votes.map(({ by }) => by) : []));
    const { owner } = run.context;
    const also = [...new Set([requestedBy, ...voters, ...(owner === undefined ? [] : [owner])])];
    this.#tell('end', { status }, sentence, { roles: [], from: [], also, except: [] }, { status });
  }

  /** Ends when everything told so far has been taken or given up. */
  async settled(): Promise<void> {
    await Promise.all(this.#underWay);
  }

  #tell(occasion: Occasion, key: object, sentence: Text, to: Audience, more: Pick<Notification, 'asks' | 'status'> = {}): void {
    const { id, start, requestedBy } = this.#run();
    const { scenario, target, reason } = start;
    const event = `${id}.${occasion}.${digestOf(key).slice(0, 16)}`;
    const at = new Date().toISOString();
    const work = this.#send({ event, occasion, at, recovery: id, scenario, target, requestedBy, reason, sentence, to, ...more });
    this.#underWay.add(work);
    void work.then(() => this.#underWay.delete(work));
  }

  async #send(notification: Notification): Promise<void> {
    let heard: Text | undefined;
    try {
      heard = toldAs(notification, await messages(notification.target).announce(notification));
    } catch (error) {
      heard = toldAs(notification, { reached: [], failed: [], why: tellFailure(error).sentence });
    }
    const run = this.#run();
    // After the end the ledger is kept as it is; what became of the last message is on record with the channel.
    if (heard && run.endedAt === undefined) run.ledger.note(heard);
  }
}
