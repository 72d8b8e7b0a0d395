/** Toy scenarios in the kernel's words: one change, every word, a group of two targets, many small steps. */
import { plain } from '../../../domain/text.ts';
import { activitiesAt } from '../../../workflows/kit/activities.ts';
import { recovery } from '../../../workflows/kit/recovery.ts';
import type { Recovery } from '../../../workflows/kit/words.ts';
import { z } from 'zod';
import { toyGroupInput, toyInput, toyTogetherInput } from './inputs.ts';
import type { ToyActivities } from './kind.ts';
import { tellWord, toyWordInput } from './words.ts';

export { backup } from '../../../workflows/backup.ts';
export { lease } from '../../../workflows/lease.ts';

async function setTo(r: Recovery, value: number): Promise<void> {
  const { target } = r;
  const on = r.on<ToyActivities>();
  await r.change<{ written: number }, { value: number }>('set', {
    gate: 'set',
    plan: (input) => on.quick.planSet({ target, ...input }),
    apply: async (plan) => {
      const receipt = await on.quick.applySet({ target, plan: plan.ref, digest: plan.digest });
      return { value: receipt, sentence: plain(`wrote ${receipt.written}`) };
    },
    undo: (plan) => ({ activity: 'undoSet', input: { target, plan: plan.ref } }),
    amend: { input: { value }, schema: z.strictObject({ value: z.int().min(0).max(1000) }) },
  });
  await r.serves();
}

export const toySet = recovery('toy-set', toyInput, async (r, { value }) => {
  const on = r.on<ToyActivities>();
  await setTo(r, value);
  await r.verify('verify', () => on.quick.checkValue({ target: r.target, value }));
});

export const toyEveryWord = recovery('toy-every-word', toyInput, async (r, { value, note }) => {
  const { target } = r;
  const on = r.on<ToyActivities>();
  await r.act<void>('pause', {
    would: plain('would pause'),
    dry: undefined,
    act: async () => ({ value: await on.quick.pauseToy({ target }), sentence: plain('paused') }),
    undo: () => Promise.resolve({ activity: 'resumeToy', input: { target } }),
    skip: { value: undefined },
  });
  await r.step(
    'look',
    async (input: { note?: string | undefined }) => ({
      value: await on.quick.readValue({ target }),
      sentence: plain(`read for ${input.note}`),
    }),
    { amend: { input: { note }, schema: z.strictObject({ note: z.string().optional() }) } },
  );
  await r.checklist('ask around', [
    { id: 'one', title: plain('first item') },
    { id: 'two', title: plain('second item') },
  ]);
  await setTo(r, value);
  await r.pointOfNoReturn(plain('there is no way back from here'));
  await r.act<void>('resume', {
    would: plain('would resume'),
    dry: undefined,
    act: async () => ({ value: await on.quick.resumeToy({ target }), sentence: plain('resumed') }),
  });
  await r.verify('verify', () => on.quick.checkValue({ target, value }));
});

export const toyLateChange = recovery('toy-late-change', toyInput, async (r, { value }) => {
  const { target } = r;
  const on = r.on<ToyActivities>();
  await r.act<void>('pause', {
    would: plain('would pause'),
    dry: undefined,
    act: async () => ({ value: await on.quick.pauseToy({ target }), sentence: plain('paused') }),
    undo: () => Promise.resolve({ activity: 'resumeToy', input: { target } }),
  });
  await r.pointOfNoReturn(plain('there is no way back from here'));
  await setTo(r, value);
  await r.verify('verify', () => on.quick.checkValue({ target, value }));
});

/** An inner recovery of the same target while the outer one has a change of its own open there. */
export const toySameTarget = recovery('toy-same-target', toyInput, async (r, { value }) => {
  const { target } = r;
  await setTo(r, value);
  await r.recover('inner', { scenario: 'toy-set', workflowType: 'toySet', target, input: { value: value + 1 } });
  await r.verify('verify', () => r.on<ToyActivities>().quick.checkValue({ target, value: value + 1 }));
});

/** Every word of the kernel in one recovery: what people agree to, an inner recovery in all the other words, a change of its own. */
export const toyWhole = recovery('toy-whole', toyInput, async (r, { value, note }) => {
  const { target } = r;
  const on = r.on<ToyActivities>();
  await r.guard('is it safe', () => on.quick.checkSafe({ target }));
  const choice = await r.step('think', async () => ({
    value: await r.untilCancelled(() => on.quick.planSet({ target, value })),
    sentence: plain('thought'),
  }));
  await r.consent('agree', 'agree', choice);
  await r.wait('sit still', 50, plain('sat still'));
  await r.recover('inner', {
    scenario: 'toy-every-word',
    workflowType: 'toyEveryWord',
    target: `${target}-inner`,
    input: { value, note },
  });
  r.lost(0);
  await setTo(r, value);
  await r.verify('verify', () => on.quick.checkValue({ target, value }));
});

async function setAll(r: Recovery, { first, second, value }: z.infer<typeof toyGroupInput>): Promise<void> {
  const inner = { scenario: 'toy-set', workflowType: 'toySet', input: { value } };
  await r.recover('first', { ...inner, target: first });
  await r.recover('second', { ...inner, target: second });
  await setTo(r, value);
  await r.verify('verify', () => r.on<ToyActivities>().quick.checkValue({ target: r.target, value }));
}
/** Its members are held one after the other, each by its own inner recovery. */
export const toyGroup = recovery('toy-group', toyGroupInput, setAll);
/** The same, but all of them are held from the start, as the registry says. */
export const toyService = recovery('toy-service', toyGroupInput, setAll);

/** Two members are set side by side, or in waves, and a third one in a wave after them, under one approval of the whole. */
export const toyTogether = recovery('toy-together', toyTogetherInput, async (r, { first, second, third, value, inWaves }) => {
  const choice = await r.step('think', async () => ({
    value: await r.on<ToyActivities>().quick.planSet({ target: r.target, value }),
    sentence: plain('thought'),
  }));
  const approval = await r.consent('agree', 'agree', choice);
  const covered = { gates: ['set'], approval };
  const inner = { scenario: 'toy-set', workflowType: 'toySet', input: { value }, covered };
  const [one, two] = [{ first: { ...inner, target: first } }, { second: { ...inner, target: second } }];
  const last = third === undefined ? [] : [{ third: { ...inner, target: third } }];
  await (inWaves ? r.recoverTogether(one, two, ...last) : r.recoverTogether({ ...one, ...two }, ...last));
  await setTo(r, value);
  await r.mitigated('mitigate', () => r.on<ToyActivities>().quick.checkValue({ target: r.target, value }));
  await r.verify('verify', () => r.on<ToyActivities>().quick.checkValue({ target: r.target, value }));
});

export const toyCooling = recovery('toy-cooling', toyInput, async (r, { value }) => {
  await setTo(r, value);
  await r.verify('verify', () => r.on<ToyActivities>().quick.checkValue({ target: r.target, value }));
});

/** A change behind a safety check. */
export const toyGuarded = recovery('toy-guarded', toyInput, async (r, { value }) => {
  const on = r.on<ToyActivities>().quick;
  await r.guard('is it safe', () => on.checkSafe({ target: r.target }));
  await setTo(r, value);
  await r.verify('verify', () => on.checkValue({ target: r.target, value }));
});

/** One word of the kernel alone; see words.ts. */
export const toyWord = recovery('toy-word', toyWordInput, tellWord);

export const toySteps = recovery('toy-steps', z.strictObject({ steps: z.int() }), async (r, { steps }) => {
  const on = r.on<ToyActivities>();
  for (let n = 1; n <= steps; n++) {
    await r.step(`step ${n}`, async () => ({ value: await on.quick.nothing({ target: r.target }), sentence: plain(`did ${n}`) }));
  }
  await r.verify('verify', () => Promise.resolve([{ id: 'counted', ok: true, sentence: plain(`${steps} steps.`) }]));
});

export async function rawActivities(target: string, count: number): Promise<void> {
  const on = activitiesAt<ToyActivities>('main', target);
  for (let n = 1; n <= count; n++) await on.quick.nothing({ target });
}
