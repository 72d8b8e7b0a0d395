/** The search for the last good moment: the check of an operator, asked of restored copies, by halves and within a bounded number of tries. */
import type { z } from 'zod';
import type { PostgresPitrActivities, Stretch } from '../../activities/postgres/pitr/interface.ts';
import { dataCorruptionInput } from '../../contracts/inputs/postgres-pitr.ts';
import { fail } from '../../domain/fail.ts';
import { halfWay } from '../../domain/postgres/bisect.ts';
import type { Said } from '../kit/attempt.ts';
import type { Recovery } from '../kit/words.ts';

type Search = z.infer<typeof dataCorruptionInput>;

export function lastGoodMoment(r: Recovery) {
  const { target, id: recovery } = r;
  const on = r.on<PostgresPitrActivities>();

  /** Undefined in a dry run. The copy that the tries need goes when the recovery does not end well. */
  const ask = (nth: number, at: string, { check }: Search): Promise<boolean | undefined> =>
    r.act<boolean | undefined>(`try ${nth}`, {
      would: { en: `Would ask the check of a copy as of ${at}.`, ja: `${at} 時点の複製にチェックを問い合わせる予定。` },
      dry: undefined,
      act: async () => {
        const { good } = await on.patient.askPostgresThen({ target, recovery, at, check });
        return { value: good, sentence: good ? wasWell(at) : wasWrong(at), evidence: { at, good } };
      },
      ...(nth === 1 && { undo: () => Promise.resolve({ activity: 'removePostgresBeside', input: { target } }) }),
    });

  return {
    /** Answers the search as amended. Where all is well now there is nothing to go back from. */
    confirm: (input: Search) =>
      r.step(
        'confirm',
        async (search: Search): Promise<Said<Search>> => {
          const { good } = await on.patient.askPostgresNow({ target, check: search.check });
          if (good) throw fail('nothing-wrong', wellNow);
          return { value: search, sentence: wrongNow };
        },
        { amend: { input, schema: dataCorruptionInput } },
      ),

    within: ({ good, bad }: Search) =>
      r.step('find the stretch', async (): Promise<Said<Stretch>> => {
        const stretch = await on.patient.findPostgresStretch({ target, good, bad: bad ?? new Date().toISOString() });
        return {
          value: stretch,
          sentence: {
            en: `The last good moment lies between ${stretch.good} and ${stretch.bad}.`,
            ja: `最後の正常な時点は ${stretch.good} から ${stretch.bad} の間にあります。`,
          },
          evidence: { ...stretch },
        };
      }),

    /** The last instant that is known to be good; where tries run out, an earlier one than need be. */
    async halve(search: Search, { good: from, bad: to }: Stretch): Promise<string> {
      let [good, bad] = [from, to];
      for (let nth = 1; nth <= search.tries; nth++) {
        const at = halfWay(good, bad);
        const isGood = at === undefined ? undefined : await ask(nth, at, search);
        if (isGood === undefined) break;
        if (isGood) good = at!;
        else bad = at!;
      }
      return good;
    },

    /** Also of an instant that nobody has tried: the beginning of the stretch. */
    isGood: (search: Search, at: string) =>
      r.act<void>('check the copy', {
        would: { en: 'Would ask the check of the restored copy.', ja: '復元した複製にチェックを問い合わせる予定。' },
        dry: undefined,
        act: async () => {
          const { good } = await on.patient.askPostgresThen({ target, recovery, at, check: search.check });
          if (!good) throw fail('never-good', wasWrong(at));
          return { value: undefined, sentence: wasWell(at) };
        },
      }),
  };
}

const wellNow = { en: 'The check says that all is well now.', ja: 'チェックは現在正常です。' };
const wrongNow = { en: 'The check says that something is wrong now.', ja: 'チェックは現在異常を示しています。' };
const wasWell = (at: string) => ({ en: `At ${at} all was well.`, ja: `${at} 時点は正常です。` });
const wasWrong = (at: string) => ({ en: `At ${at} it was wrong.`, ja: `${at} 時点は異常です。` });
