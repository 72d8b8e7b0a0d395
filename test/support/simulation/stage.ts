/** What a run is played on: targets with their activities, who may be started on them, and what people may do to them by hand. */
import type { Inventory } from '../../../contracts/inventory.ts';
import type { Kinds } from '../../../contracts/kinds.ts';
import type { ScenarioEntry } from '../../../contracts/scenario-entry.ts';
import type { Waiting } from '../../../domain/recovery.ts';
import type { Dice } from './dice.ts';
import type { Journal } from './journal.ts';

export interface WantedStart {
  readonly scenario: string;
  readonly target: string;
  readonly input: unknown;
}

export type Activities = Readonly<Record<string, (input: never) => Promise<unknown>>>;

export interface Stage {
  readonly inventory: Inventory;
  readonly scenarios: readonly ScenarioEntry[];
  readonly kinds: Kinds;
  readonly activities: Activities;
  /** The recovery that the run is about. */
  readonly root: WantedStart;
  /** Another one that may come in its way. */
  rival(): WantedStart;
  /** The activity of its kind that takes a backup. */
  readonly takeBackup: string;
  /** Somebody changes a target by hand. */
  meddle(): void;
  /** An input for a failed step, right or wrong. */
  amendment(gate: Waiting): unknown;
}

export type MakeStage = (dice: Dice, journal: Journal) => Stage;

/** Thrown inside an effect that its worker does not survive. */
export class WorkerDied extends Error {
  override name = 'WorkerDied';
}
