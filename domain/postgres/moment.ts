/** What a recovery of a cluster goes back to, once that is found: kept as a record, which also keeps the backup from being pruned. */
import { digestBeside } from '../digest.ts';
import type { Text } from '../text.ts';
import type { RecoveryGoal } from './recovery-goal.ts';

interface Head {
  readonly target: string;
  /** Says it, as people gave it and in UTC. */
  readonly sentence: Text;
  readonly digest: string;
}

/** A point of the log, reached by a restore of this backup. */
export interface PastMoment extends Head {
  readonly goal: RecoveryGoal;
  readonly backup: string;
}

/** The database that an earlier recovery of this node set aside. */
export interface SetAside extends Head {
  readonly previous: string;
  readonly node: string;
}

export type Moment = PastMoment | SetAside;

export const isPast = (moment: Moment): moment is PastMoment => 'goal' in moment;

export function sealMoment<M extends Moment>(moment: Omit<M, 'digest'>): M {
  const open = { ...moment, digest: '' } as M;
  return { ...open, digest: digestBeside(open) };
}

/** The end of a recovery's id, short enough for the name of a folder. */
export const nameOfKept = (recovery: string): string => recovery.slice(-12);
