/** The toys as a stage: numbers in memory under the toys' own activities. */
import type { Waiting } from '../../../domain/recovery.ts';
import { createToyActivities, toyKinds, toyScenarios, ToyWorld } from '../toy/kind.ts';
import { toyWordInput } from '../toy/words.ts';
import type { Dice } from './dice.ts';
import type { Journal } from './journal.ts';
import { WorkerDied, type Activities, type Stage, type WantedStart } from './stage.ts';
import { drawInventory } from './town.ts';

const targets = ['alpha', 'beta', 'gamma', 'alpha-inner', 'alpha-one', 'alpha-two'];
const groups = new Set(['toy-group', 'toy-service']);
/** Without the words that cannot end, or that plan outside of any step. */
const words = toyWordInput.shape.word.options.filter((word) => !['verify-nothing', 'consent'].includes(word));

class NumbersInMemory extends ToyWorld {
  readonly #values = new Map<string, number>();
  readonly #paused = new Set<string>();
  readonly #unsafe = new Set<string>();
  readonly #journal: Journal;

  constructor(journal: Journal) {
    super('nowhere');
    this.#journal = journal;
  }

  override read(target: string): number {
    return this.#values.get(target) ?? 0;
  }

  override write(target: string, value: number): void {
    const { call } = this.#journal;
    const plan = (call?.input as { plan?: string } | undefined)?.plan ?? '';
    this.#journal.effect({ target, plan, thing: 'value', before: this.read(target), after: value });
    this.#values.set(target, value);
    if (call?.fate.endsWith('half-way')) throw new WorkerDied('right after the write');
  }

  override isSafe(target: string): boolean {
    return !this.#unsafe.has(target);
  }

  override makeUnsafe(target: string, unsafe = true): void {
    if (unsafe) this.#unsafe.add(target);
    else this.#unsafe.delete(target);
  }

  override did(effect: string): void {
    const [what, target] = effect.split(' ') as [string, string];
    if (what !== 'pause' && what !== 'resume') return;
    const before = this.#paused.has(target) ? 'paused' : 'running';
    const after = what === 'pause' ? 'paused' : 'running';
    if (before !== after) {
      const kind = what === 'pause' ? 'apply' : 'undo';
      this.#journal.effect({ target, plan: 'pause', thing: 'pace', before, after, kind, wayBack: 'resumeToy' });
    }
    if (what === 'pause') this.#paused.add(target);
    else this.#paused.delete(target);
  }
}

export function toyStage(dice: Dice, journal: Journal): Stage {
  const registry = { kinds: toyKinds, scenarios: toyScenarios };
  const inventory = drawInventory(
    dice,
    ['set'],
    (approvals) => `targets:\n${targets.map((id) => `  - { id: ${id}, kind: toy, approvals: ${approvals} }`).join('\n')}`,
    registry,
  );
  const world = new NumbersInMemory(journal);
  world.hooks.set('takeToy', () => 'done');
  const value = (): number => dice.pick([0, 1, 5, 7]);
  for (const target of targets) {
    if (dice.chance(0.6)) world.write(target, value());
    if (dice.chance(0.5)) world.makeUnsafe(target);
  }
  const toys = createToyActivities(world);
  const inputOf = (scenario: string, target: string): unknown => {
    // Nobody is a member of itself.
    const [first, second] = ['beta', 'gamma', 'alpha'].filter((member) => member !== target);
    if (scenario === 'toy-together') return { first, second, value: value(), inWaves: dice.chance(0.5) };
    if (groups.has(scenario)) return { first, second, value: value() };
    if (scenario === 'toy-word') return { word: dice.pick(words) };
    if (scenario === 'toy-steps') return { steps: dice.between(1, 4) };
    return { value: value() };
  };
  const start = (target: string): WantedStart => {
    const scenario = dice.pick([...toyScenarios, ...toyScenarios.filter(({ id }) => id !== 'toy-steps')]).id;
    return { scenario, target, input: inputOf(scenario, target) };
  };
  return {
    ...registry,
    inventory,
    activities: {
      ...toys,
      planSet: async (input: { target: string; value: number }) => {
        const plan = await toys.planSet(input);
        // A word of its own asks for a choice that is not carried out: nothing is applied by this plan then.
        journal.planned({ target: input.target, plan, gate: 'set', cover: { scenarios: ['toy-together'], gate: 'agree' } });
        return plan;
      },
    } satisfies Activities,
    root: start('alpha'),
    rival: () => start(dice.pick(['alpha', 'beta', 'gamma'])),
    takeBackup: 'takeToy',
    meddle() {
      const target = dice.pick(targets);
      if (dice.chance(0.2)) world.makeUnsafe(target, world.isSafe(target));
      else world.write(target, value());
    },
    amendment: ({ input: given }: Waiting) =>
      dice.chance(0.3) ? { nonsense: true } : typeof given === 'object' && given && 'value' in given ? { value: value() } : {},
  };
}
