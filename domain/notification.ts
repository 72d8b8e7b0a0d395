/** What people are told while a recovery runs, and who of the inventory is meant. */
import type { Decision, RecoveryStatus } from './recovery.ts';
import type { Text } from './text.ts';

/**
 * Why somebody is told. `decided-alone` and `break-glass` go to everyone who could have decided; `schedule-failed` speaks of no
 * recovery: `recovery` and `scenario` name the run and its schedule.
 */
export type Occasion =
  | 'gate'
  | 'reminder'
  | 'next-group'
  | 'alone'
  | 'failed-step'
  | 'decided-alone'
  | 'break-glass'
  | 'over-budget'
  | 'end'
  | 'schedule-failed';

/** Whom it is for: everybody with one of the roles and, where groups are named, in one of them; `also` by name; never `except`. */
export interface Audience {
  readonly roles: readonly ('approver' | 'operator')[];
  readonly from: readonly string[];
  readonly also: readonly string[];
  readonly except: readonly string[];
}

export interface Notification {
  /** Unique for ever and the same over any restart, so that a repeat can be told from news. */
  readonly event: string;
  readonly occasion: Occasion;
  readonly at: string;
  readonly recovery: string;
  readonly scenario: string;
  readonly target: string;
  readonly requestedBy: string;
  readonly reason: string;
  /** What happened, or what is asked. */
  readonly sentence: Text;
  readonly to: Audience;
  /** What has to be decided, until when, and what happens otherwise; absent where nothing is asked. */
  readonly asks?: {
    readonly gate: string;
    readonly need: number;
    readonly choices: readonly Decision[];
    readonly deadline: string | null;
    readonly otherwise: 'stop' | 'roll-back' | 'proceed';
  };
  readonly status?: RecoveryStatus;
}

/** What became of it. A channel is `mail` with a person or `webhook` with its id. */
export interface Told {
  readonly reached: readonly Delivery[];
  readonly failed: readonly (Delivery & { readonly why: string })[];
}
export interface Delivery {
  readonly channel: 'mail' | 'webhook';
  readonly to: string;
}

interface Somebody {
  readonly id: string;
  readonly roles: readonly string[];
  readonly groups: readonly string[];
}

/** The people an audience means, in the order of the inventory. */
export const peopleOf = <P extends Somebody>(people: readonly P[], { roles, from, also, except }: Audience): P[] =>
  people.filter(
    (person) =>
      !except.includes(person.id) &&
      (also.includes(person.id) ||
        (roles.some((role) => person.roles.includes(role)) &&
          (from.length === 0 || from.some((group) => person.groups.includes(group))))),
  );
