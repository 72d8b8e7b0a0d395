/** One story for each word of the kernel, told alone, so that the commands it emits can be told apart. */
import { z } from 'zod';
import type { Statement } from '../../../domain/gate.ts';
import type { Envelope } from '../../../domain/messages.ts';
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
  wait: (r) => r.wait('sit still', 1, plain('a moment')),
  'wait-for-nothing': (r) => r.wait('sit still', 0, plain('no moment')),
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
  mitigated: (r, on) => r.mitigated('serve again', () => on.checkValue({ target: r.target, value: 0 })),
  'mitigated-and-held': async (r, on) => {
    await words.mitigated(r, on);
    await r.wait('hold', 1_500, plain('held'));
  },
  'serves-and-mends': async (r) => {
    await r.serves();
    await r.wait('mend', 1_500, plain('mended'));
  },
  recover: (r) => recoverInner(r, 'change'),
  'recover-acts': (r) => recoverInner(r, 'acts'),
  'recover-past-no-return': (r) => recoverInner(r, 'point-of-no-return'),
  'recover-and-look': async (r, on) => {
    await recoverInner(r, 'change');
    await words.step(r, on);
  },
  'recover-serving': (r) => recoverInner(r, 'serves'),
  'recover-together': (r) => r.recoverTogether({ one: innerOf(r, 'change', 'one'), two: innerOf(r, 'acts', 'two') }),
  'recover-covered-by-nobody': (r) => recoverCovered(r, []),
  'recover-covered-by-another': (r) => recoverCovered(r, [{ statement: approvalOf(`${r.target}~${'0'.repeat(8)}`) }]),
  serves: (r) => r.serves(),
  'point-of-no-return': (r) => r.pointOfNoReturn(plain('there is no way back')),
  lost: (r) => Promise.resolve(r.lost(60_000)),
} satisfies Record<string, Word>;

const recoverInner = (r: Recovery, word: string): Promise<void> => r.recover('inner', innerOf(r, word, 'inner'));

/** Its target is ours with the name behind it. */
const innerOf = (r: Recovery, word: string, name: string) => ({
  ...{ scenario: 'toy-word', workflowType: 'toyWord', target: `${r.target}-${name}`, input: { word } },
});

/** As an outer recovery would claim that people had approved. */
function recoverCovered(r: Recovery, statements: readonly Envelope[]): Promise<void> {
  const approval = { gate: 'agree', digest: 'of the whole', statements };
  return r.recover('inner', { ...innerOf(r, 'change', 'inner'), covered: { gates: ['set'], approval } });
}
const approvalOf = (recovery: string): Statement => ({
  ...{ recovery, gate: 'agree', digest: 'of the whole', decision: 'approve', by: 'ren', at: new Date().toISOString() },
  reason: 'forged',
});

export const toyWordInput = z.strictObject({ word: z.enum(Object.keys(words) as [keyof typeof words]) });

/** The word, then a verification that looks at nothing: a recovery cannot end without one. */
export async function tellWord(r: Recovery, { word }: z.infer<typeof toyWordInput>): Promise<void> {
  await (words[word] as Word)(r, r.on<ToyActivities>().quick);
  await r.verify('verify', () => Promise.resolve([ok]));
}
