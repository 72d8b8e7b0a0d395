/** A CDN before the sides: what tells it to forget, and which side a user gets through it. */
import type { Text } from './text.ts';
import type { ReachFault } from './timeouts/words.ts';

/** What a user got. Names of headers are in small letters. */
export type Fetched =
  | {
      readonly reached: true;
      readonly status: number;
      readonly headers: Readonly<Record<string, string>>;
      /** The beginning of the body. */
      readonly text: string;
    }
  | { readonly reached: false; readonly why: ReachFault };

export interface SideProbe {
  readonly url: string;
  readonly header?: string | undefined;
  /** Side → what the answer contains when it comes from there. */
  readonly expect: Readonly<Record<string, string>>;
}

export interface Purge {
  readonly recovery: string;
  readonly target: string;
  /** Undefined where it is proxies that lead to the sides. */
  readonly zone?: string | undefined;
  /** Undefined where it goes back to none that is declared. */
  readonly side: string | undefined;
  /** Tells the purges of one recovery apart. */
  readonly turn: string;
}

/** The same purge gives the same words, so that a receiver can tell a repeat. */
export const eventOfPurge = ({ recovery, target, turn }: Purge): string => `${recovery}/${target}/purge/${turn}`;
export const bodyOfPurge = (purge: Purge): string => {
  const { recovery, target, zone, side } = purge;
  return JSON.stringify({ event: eventOfPurge(purge), occasion: 'purge', recovery, target, zone, side });
};

/** Whether a user gets that side. An error page says nothing, whatever it contains. */
export function judgeSide(
  got: Fetched,
  { url, header, expect }: SideProbe,
  side: string,
): { isEverywhere: boolean; sentence: Text } {
  const told =
    got.reached && got.status < 400 ? (header === undefined ? got.text : (got.headers[header.toLowerCase()] ?? '')) : '';
  const found = Object.keys(expect).filter((one) => told.includes(expect[one]!));
  // A page that speaks of both says neither.
  const from = found.length === 1 ? found[0] : undefined;
  if (from === side) {
    return { isEverywhere: true, sentence: { en: `${url} answers from ${side}.`, ja: `${url} は ${side} から応答します。` } };
  }
  const said = got.reached ? (from ?? `${got.status}`) : got.why;
  return {
    isEverywhere: false,
    sentence:
      from === undefined
        ? {
            en: `${url} does not say which side it comes from (${said}).`,
            ja: `${url} の応答から side を判別できません(${said})。`,
          }
        : { en: `${url} still answers from ${from}.`, ja: `${url} は ${from} からの応答のままです。` },
  };
}
