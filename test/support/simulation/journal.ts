/** What really happened in a run, seen from outside the workflows: effects on the targets, plans shown, statements sent. */
import type { KernelActivities, OpenChange, UndoCall } from '../../../activities/kernel-interface.ts';
import type { Statement, Voter } from '../../../domain/gate.ts';
import type { Notification, Told } from '../../../domain/notification.ts';
import type { Plan } from '../../../domain/recovery.ts';
import type { Call } from './activity-runs.ts';
import type { UpdateAnswer } from './temporal.ts';

/** One thing that became another one. */
export interface Effect {
  readonly at: number;
  readonly kind: 'apply' | 'undo' | 'by hand';
  /** First run of the root recovery that had it done; none when a person did it by hand. */
  readonly recovery: string | undefined;
  readonly target: string;
  /** The plan that was followed, by its record; an act has its name here. */
  readonly plan: string;
  readonly thing: string;
  readonly before: unknown;
  readonly after: unknown;
  /** The undo that an act keeps; one that keeps none is not taken back. */
  readonly wayBack?: string;
  /** A backup of the target was being taken at that moment. */
  readonly duringBackup: boolean;
}

/** A plan as an activity answered it, and the gates that must be passed before it may be applied. */
export interface Shown {
  readonly at: number;
  readonly recovery: string;
  readonly target: string;
  readonly plan: Plan;
  readonly gate: string;
  /** Consent that the plan needs whatever is in it. */
  readonly consent?: string;
  /** Inside of one of these scenarios, and without a policy of its target, an approval of the whole at that gate stands for it. */
  readonly cover?: { readonly scenarios: readonly string[]; readonly gate: string };
}

/** The approval that stands for those of its members. */
export const moveOfAll: NonNullable<Shown['cover']> = {
  scenarios: ['region-failover', 'region-failback', 'region-drill'],
  gate: 'move',
};

/** A way back, as it was kept before the effect. */
export interface Kept {
  readonly at: number;
  readonly recovery: string;
  readonly target: string;
  readonly undo: UndoCall;
}

export interface Sent {
  readonly at: number;
  readonly statement: Statement;
  readonly signature: string | undefined;
  readonly voter: Voter;
  readonly by: 'update' | 'signal';
  /** The run that it was sent to; what it says may be about another one. */
  readonly to: string;
  answer?: UpdateAnswer;
}

export class Journal {
  /** What people were told, repeats included. */
  readonly announced: Notification[] = [];
  readonly effects: Effect[] = [];
  readonly shown: Shown[] = [];
  readonly sent: Sent[] = [];
  readonly kept: Kept[] = [];
  /** When a recovery, or one inside it, was through with a target: verified it or took everything back. */
  readonly closed: { readonly at: number; readonly recovery: string; readonly target: string }[] = [];
  readonly now: () => number;
  /** Who acts just now; nobody while a person does. */
  call: Call | undefined;
  tell: (what: string) => void = () => {};
  isBackedUp: (target: string) => boolean = () => false;

  constructor(now: () => number) {
    this.now = now;
  }

  effect(effect: Pick<Effect, 'target' | 'plan' | 'thing' | 'before' | 'after'> & Partial<Effect>): void {
    const { call } = this;
    if (call === undefined && effect.before === effect.after) return;
    const kind = effect.kind ?? (call === undefined ? 'by hand' : call.type.startsWith('undo') ? 'undo' : 'apply');
    const duringBackup = this.isBackedUp(effect.target);
    this.effects.push({ at: this.now(), recovery: call && rootOf(call), duringBackup, ...effect, kind });
    this.tell(`${kind} ${effect.thing} of ${effect.target}: ${JSON.stringify(effect.before)} → ${JSON.stringify(effect.after)}`);
  }

  /** Keeps what the kernel did to its records, as far as it is really there. */
  heard(call: Call, openChange: (target: string) => OpenChange | undefined): void {
    const recovery = rootOf(call);
    const at = this.now();
    if (call.type === 'openChange') {
      const { target, step, undo } = call.input as Parameters<KernelActivities['openChange']>[0];
      const isThere = openChange(target)?.undos.some((kept) => kept.step === step && kept.activity === undo.activity);
      if (isThere) this.kept.push({ at, recovery, target, undo });
    }
    if (call.type === 'closeChange') {
      const { target, recovery: id } = call.input as Parameters<KernelActivities['closeChange']>[0];
      if (id.endsWith(call.execution.identity.firstRunId)) this.closed.push({ at, recovery, target });
    }
  }

  announce(notification: Notification): Promise<Told> {
    this.announced.push(notification);
    return Promise.resolve({ reached: [], failed: [] });
  }

  planned(shown: Pick<Shown, 'target' | 'plan' | 'gate' | 'consent' | 'cover'>): void {
    this.shown.push({ at: this.now(), recovery: rootOf(this.call!), ...shown });
  }
}

const rootOf = ({ execution }: Call): string => execution.identity.root.runId;
