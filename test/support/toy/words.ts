/** One story for each word of the kernel, told alone, so that the commands it emits can be told apart. */
import { z } from 'zod';
import { plain } from '../../../domain/text.ts';
import type { Recovery } from '../../../workflows/kit/words.ts';
import type { ToyActivities } from './kind.ts';

type Word = (r: Recovery, on: ToyActivities) => Promise<unknown>;

const ok = { id: 'sound', ok: true, sentence: plain('It is sound.') };
const value = 5;

const words = {
  nothing: () => Promise.resolve(),
  step: (r, on) => r.step('look', async () => ({ value: await on.readValue({ target: r.target }), sentence: plain('looked') })),
  act: (r, on) =>
    r.act<void>('pause', {
      would: plain('would pause'),
      dry: undefined,
      act: async () => ({ value: await on.pauseToy({ target: r.target }), sentence: plain('paused') }),
    }),
  'act-with-undo': (r, on) =>
    r.act<void>('pause', {
      would: plain('would pause'),
      dry: undefined,
      act: async () => ({ value: await on.pauseToy({ target: r.target }), sentence: plain('paused') }),
      undo: () => Promise.resolve({ activity: 'resumeToy', input: { target: r.target } }),
      skip: { value: undefined },
    }),
  change: (r, on) =>
    r.change<{ written: number }, { value: number }>('set', {
      gate: 'set',
      plan: (input) => on.planSet({ target: r.target, ...input }),
      apply: async (plan) => ({
        value: await on.applySet({ target: r.target, plan: plan.ref, digest: plan.digest }),
        sentence: plain('set'),
      }),
      undo: (plan) => ({ activity: 'undoSet', input: { target: r.target, plan: plan.ref } }),
      amend: { input: { value }, schema: z.strictObject({ value: z.int().min(0) }) },
    }),
  guard: (r, on) => r.guard('is it safe', () => on.checkSafe({ target: r.target })),
  consent: async (r, on) => r.consent('choose', 'set', await on.planSet({ target: r.target, value })),
  acts: async (r, on) => {
    for (const name of ['first', 'second', 'third']) {
      await r.act<void>(name, {
        would: plain(`would do the ${name}`),
        dry: undefined,
        act: async () => ({ value: await on.pauseToy({ target: r.target }), sentence: plain('paused') }),
      });
    }
  },
  checklist: (r) => r.checklist('ask around', [{ id: 'item', title: plain('the one item') }]),
  'checklist-of-two': (r) =>
    r.checklist('ask around', [
      { id: 'one', title: plain('first item') },
      { id: 'two', title: plain('second item') },
    ]),
  verify: (r, on) => r.verify('look closely', () => on.checkValue({ target: r.target, value: 0 })),
  'verify-nothing': (r) => r.verify('look closely', () => Promise.resolve([])),
  recover: (r) => recoverInner(r, 'change'),
  'recover-acts': (r) => recoverInner(r, 'acts'),
  'recover-past-no-return': (r) => recoverInner(r, 'point-of-no-return'),
  'recover-and-look': async (r, on) => {
    await recoverInner(r, 'change');
    await words.step(r, on);
  },
  'point-of-no-return': (r) => r.pointOfNoReturn(plain('there is no way back')),
  lost: (r) => Promise.resolve(r.lost(60_000)),
} satisfies Record<string, Word>;

/** Its target is ours with `-inner` behind it. */
function recoverInner(r: Recovery, word: string): Promise<void> {
  return r.recover('inner', { scenario: 'toy-word', workflowType: 'toyWord', target: `${r.target}-inner`, input: { word } });
}

export const toyWordInput = z.strictObject({ word: z.enum(Object.keys(words) as [keyof typeof words]) });

/** The word, then a verification that looks at nothing: a recovery cannot end without one. */
export async function tellWord(r: Recovery, { word }: z.infer<typeof toyWordInput>): Promise<void> {
  await (words[word] as Word)(r, r.on<ToyActivities>().quick);
  await r.verify('verify', () => Promise.resolve([ok]));
}
