/** What API, CLI, worker and documents need to know of one scenario. */
import type { z } from 'zod';
import type { FieldError } from '../domain/failures.ts';
import type { Text } from '../domain/text.ts';
import type { TargetEntry } from './inventory.ts';

export interface ScenarioEntry {
  readonly id: string;
  /** Name of the exported workflow function: the id in camelCase. */
  readonly workflowType: string;
  readonly title: Text;
  /** What it does, in order, in one breath. */
  readonly summary: Text;
  readonly input: z.ZodType;
  /** What no schema can say of an input that fits it, such as that an instant has a zone; `timezone` is the inventory's. */
  readonly refuse?: (input: unknown, timezone: string, target: TargetEntry) => readonly FieldError[];
  /** Why it cannot run on this target of a kind that it runs on; `all` are those of the inventory. */
  readonly refuseTarget?: (target: TargetEntry, all: readonly TargetEntry[]) => readonly FieldError[];
  /** A part of another scenario: known to the kernel, but nobody starts it by itself, and no list shows it. */
  readonly inner?: true;
  /** Kinds of target it can run on. */
  readonly kinds: readonly string[];
  /** Defaults in milliseconds, overridable per target. */
  readonly objectives: { readonly rtoMs: number; readonly rpoMs: number };
  /** Further targets of `all` it acts on beside its own, such as the members of a service; it holds them from its start. */
  readonly actsOn?: (input: unknown, target: TargetEntry, all: readonly TargetEntry[]) => readonly string[];
  /** Whose workers carry it out, where that is not the target's own site. */
  readonly runsAt?: (input: unknown, target: TargetEntry) => string | undefined;
  /** After an end, the same scenario on the same target needs an acknowledgement for so long; a target's own `coolDown` counts more. */
  readonly coolDownMs?: number;
  /** Gates it may open; the inventory's `approvals` may name these. */
  readonly gates: readonly ScenarioGate[];
}

export interface ScenarioGate {
  readonly id: string;
  readonly title: Text;
  /** So many people decide at least, one when left out; an inventory may ask for more, never for fewer. */
  readonly need?: number;
}

/** How many people decide at a gate of that name at least, whichever of these scenarios opens it. */
export const neededAt = (gate: string, scenarios: readonly ScenarioEntry[]): number =>
  Math.max(1, ...scenarios.flatMap(({ gates }) => gates.filter(({ id }) => id === gate).map(({ need = 1 }) => need)));

/** Milliseconds. */
export const minutes = (n: number): number => n * 60_000;
