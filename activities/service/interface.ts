/** The effects on a whole service, as workflows call them. Every one may run twice. */
import type { Answer } from '../../domain/checklist/words.ts';
import type { Diagnosis } from '../../domain/diagnosis.ts';
import type { OneOf } from '../../domain/one-of.ts';
import type { Plan } from '../../domain/recovery.ts';
import type { MemberKind } from '../../domain/service/words.ts';
import type { Check } from '../../domain/verification.ts';

export interface ServiceActivities {
  /** Probes every side and looks where every member works. Reads only. */
  diagnoseService(input: { target: string }): Promise<Diagnosis>;
  /** All items of the checklist. Reads only. */
  checkService(input: { target: string }): Promise<readonly Answer[]>;
}

/** A member with what leads to the side that gains, and what leads to where it works now as far as that is known. */
export interface MovedMember {
  readonly target: string;
  readonly kind: MemberKind;
  readonly lead: OneOf;
  readonly leadNow?: string;
  /** On the way home: nodes that do not follow yet, and are brought back before it is moved. */
  readonly returning?: readonly string[];
}

export interface ServiceMove {
  readonly to: string;
  readonly plan: Plan;
  /** Moved one after the other; what is in one wave, side by side. */
  readonly waves: readonly (readonly MovedMember[])[];
  /** The side has a command that makes it able. */
  readonly activates: boolean;
  /** Whose workers carry it out. */
  readonly site: string;
  /** How long the side is watched in the end, in milliseconds. */
  readonly watchMs: number;
}

export type Way = 'away' | 'home';

interface Side {
  readonly target: string;
  readonly side: string;
}

export interface ServiceMoveActivities {
  /** Looks where every member works, asks every side, and plans. `to` may be left out where the way leaves one choice. Reads only. Fails: invalid-input. */
  planServiceMove(input: { target: string; way: Way; to?: string | undefined; planned: boolean }): Promise<ServiceMove>;
  /** Runs the side's own command. Fails: side-not-activated. */
  activateSide(input: Side): Promise<void>;
  /** Runs the command that takes that back; nothing where there is none. Fails: side-not-activated. */
  deactivateSide(input: Side): Promise<void>;
  /** Whether every probe is answered and every command says that it is ready. Reads only, as far as the commands do. */
  proveSide(input: Side): Promise<readonly Check[]>;
  /** Probes the side until `since` (epoch ms) lies the watch time back. Answers how many were asked. Reads only. Fails: side-does-not-bear. */
  watchSide(input: Side & { since: number }): Promise<{ readonly asked: number; readonly failed: number }>;
  /** Whether the side answers and every member works there alone. Reads only. */
  verifyServiceMove(input: Side): Promise<readonly Check[]>;
}
