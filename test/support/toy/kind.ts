/** A kind of target that the product does not know: a number in a file. It proves that the kernel knows no kind. */
import { createHash } from 'node:crypto';
import { appendFileSync, existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Context } from '@temporalio/activity';
import { z } from 'zod';
import type { Kinds } from '../../../contracts/kinds.ts';
import type { ScenarioEntry } from '../../../contracts/scenario-entry.ts';
import { fail } from '../../../domain/fail.ts';
import type { FailureCode } from '../../../domain/failures.ts';
import type { Notification } from '../../../domain/notification.ts';
import type { Plan } from '../../../domain/recovery.ts';
import { plain } from '../../../domain/text.ts';
import { toyGroupInput, toyInput, toyTogetherInput } from './inputs.ts';
import { toyWordInput } from './words.ts';
import type { Check } from '../../../domain/verification.ts';

export const toyKinds: Kinds = {
  toy: { settings: { initial: z.int().default(0) }, facts: (settings) => ({ initial: settings['initial'] }) },
};

const toyScenario = (id: string, workflowType: string, input: z.ZodType): ScenarioEntry => ({
  id,
  workflowType,
  title: plain(id),
  summary: plain(id),
  input,
  kinds: ['toy'],
  objectives: { rtoMs: 60_000, rpoMs: 60_000 },
  gates: [{ id: 'set', title: plain('set') }],
});
export const toyScenarios: readonly ScenarioEntry[] = [
  toyScenario('toy-set', 'toySet', toyInput),
  toyScenario('toy-every-word', 'toyEveryWord', toyInput),
  toyScenario('toy-whole', 'toyWhole', toyInput),
  toyScenario('toy-late-change', 'toyLateChange', toyInput),
  toyScenario('toy-same-target', 'toySameTarget', toyInput),
  toyScenario('toy-group', 'toyGroup', toyGroupInput),
  { ...toyScenario('toy-service', 'toyService', toyGroupInput), actsOn: (input) => membersOf(input) },
  { ...toyScenario('toy-together', 'toyTogether', toyTogetherInput), actsOn: (input) => membersOf(input) },
  { ...toyScenario('toy-cooling', 'toyCooling', toyInput), coolDownMs: 3_600_000 },
  toyScenario('toy-guarded', 'toyGuarded', toyInput),
  toyScenario('toy-word', 'toyWord', toyWordInput),
  toyScenario('toy-steps', 'toySteps', z.strictObject({ steps: z.int() })),
];

function membersOf(input: unknown): string[] {
  const { first, second, third } = toyTogetherInput.parse(input);
  return [first, second, ...(third === undefined ? [] : [third])];
}

export interface ToyActivities {
  readValue(input: { target: string }): Promise<number>;
  planSet(input: { target: string; value: number }): Promise<Plan>;
  applySet(input: { target: string; plan: string; digest: string }): Promise<{ written: number }>;
  undoSet(input: { target: string; plan: string }): Promise<{ restored: number; stays?: readonly string[] }>;
  pauseToy(input: { target: string }): Promise<void>;
  resumeToy(input: { target: string }): Promise<void>;
  checkValue(input: { target: string; value: number }): Promise<readonly Check[]>;
  /** Safe unless `makeUnsafe` said otherwise. */
  checkSafe(input: { target: string }): Promise<readonly Check[]>;
  nothing(input: { target: string }): Promise<void>;
  /** A backup that is through when its hook says `done`, and otherwise goes on until it is cancelled. */
  takeToy(input: { target: string }): Promise<void>;
}

/** The world of the toys: one folder, a file a target, a line in `effects` for everything that was really done. */
export class ToyWorld {
  readonly folder: string;
  /** Failures to answer with, by activity name and target, until taken away. */
  readonly failures = new Map<string, FailureCode>();
  /** Targets that an undo leaves as they are, because anything else would be worse. */
  readonly staying = new Set<string>();
  /** Called at the start of an activity, by name. */
  readonly hooks = new Map<string, () => unknown>();
  /** What people were told, in this process. */
  readonly told: Notification[] = [];

  constructor(folder: string) {
    this.folder = folder;
  }

  read(target: string): number {
    try {
      return Number(readFileSync(join(this.folder, target), 'utf8'));
    } catch {
      return 0;
    }
  }

  write(target: string, value: number): void {
    writeFileSync(join(this.folder, target), String(value));
  }

  makeUnsafe(target: string, unsafe = true): void {
    if (unsafe) writeFileSync(join(this.folder, `${target}.unsafe`), '');
    else rmSync(join(this.folder, `${target}.unsafe`));
  }

  isSafe(target: string): boolean {
    return !existsSync(join(this.folder, `${target}.unsafe`));
  }

  did(effect: string): void {
    appendFileSync(join(this.folder, 'effects'), `${effect}\n`);
  }

  get effects(): string[] {
    try {
      return readFileSync(join(this.folder, 'effects'), 'utf8').trim().split('\n').filter(Boolean);
    } catch {
      return [];
    }
  }
}

/** Plans are their own record here: `before>after`. */
export function createToyActivities(world: ToyWorld): ToyActivities {
  const enter = async (name: string, target: string): Promise<void> => {
    await world.hooks.get(name)?.();
    const code = world.failures.get(`${name} ${target}`);
    if (code) throw fail(code, plain(`${name} of ${target} was told to fail`));
  };
  return {
    async readValue({ target }) {
      await enter('readValue', target);
      return world.read(target);
    },
    async planSet({ target, value }) {
      await enter('planSet', target);
      const before = world.read(target);
      const ref = `${before}>${value}`;
      const changes = before === value ? 0 : 1;
      const overwrite = before === 0 ? 0 : changes;
      return {
        summary: plain(`${target}: ${before} becomes ${value}.`),
        digest: createHash('sha256').update(`${target} ${ref}`).digest('hex'),
        size: { items: changes, bytes: changes, share: changes },
        counts: { add: changes - overwrite, overwrite, keep: 0, remove: 0 },
        changes: [],
        truncated: false,
        ref,
      };
    },
    async applySet({ target, plan }) {
      await enter('applySet', target);
      const [before, after] = plan.split('>').map(Number) as [number, number];
      const now = world.read(target);
      if (now === after) return { written: 0 };
      if (now !== before) throw fail('plan-changed', plain(`${target} is ${now}, the plan saw ${before}.`));
      world.write(target, after);
      world.did(`set ${target} ${after}`);
      return { written: 1 };
    },
    async undoSet({ target, plan }) {
      await enter('undoSet', target);
      if (world.staying.has(target)) return { restored: 0, stays: [target] };
      const [before, after] = plan.split('>').map(Number) as [number, number];
      if (world.read(target) !== after) return { restored: 0 };
      world.write(target, before);
      world.did(`unset ${target} ${before}`);
      return { restored: 1 };
    },
    async pauseToy({ target }) {
      await enter('pauseToy', target);
      world.did(`pause ${target}`);
    },
    async resumeToy({ target }) {
      await enter('resumeToy', target);
      world.did(`resume ${target}`);
    },
    async checkValue({ target, value }) {
      await enter('checkValue', target);
      const now = world.read(target);
      return [{ id: 'value', ok: now === value, sentence: plain(`${target} is ${now}.`) }];
    },
    async checkSafe({ target }) {
      await enter('checkSafe', target);
      const ok = world.isSafe(target);
      return [{ id: 'safe', ok, sentence: plain(`${target} is ${ok ? 'safe' : 'not safe'}.`) }];
    },
    nothing: ({ target }) => enter('nothing', target),
    async takeToy() {
      if (world.hooks.get('takeToy')?.() === 'done') return;
      const beat = setInterval(() => Context.current().heartbeat(), 100);
      await Context.current().cancelled.finally(() => clearInterval(beat));
    },
  };
}
