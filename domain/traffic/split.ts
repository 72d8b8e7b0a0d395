/** Which part of the requests each side gets at a proxy, read from its weights. */
import type { Text } from '../text.ts';
import type { ServerView, Setting, Sides } from './words.ts';

/** What a server takes of new requests, as far as it was told. */
export const pull = ({ weight, state }: Setting): number => (state === 'ready' ? weight : 0);

/** Whether anybody would be served: with these settings at servers in this state. */
export const servesAnybody = (settings: readonly Setting[], servers: readonly ServerView[]): boolean =>
  settings.some((one) => pull(one) > 0 && servers.some(({ server, isUp }) => server === one.server && isUp));

/** Percent by side, each rounded. Servers of no side count for nobody. */
export function sharesOf(settings: readonly Setting[], sides: Sides): Record<string, number> {
  const pulls = Object.entries(sides).map(([side, names]) => {
    const own = settings.filter(({ server }) => names.includes(server));
    return [side, own.reduce((sum, one) => sum + pull(one), 0)] as const;
  });
  const all = pulls.reduce((sum, [, weight]) => sum + weight, 0);
  return Object.fromEntries(pulls.map(([side, weight]) => [side, all === 0 ? 0 : Math.round((weight / all) * 100)]));
}

/** `home 90 % / dr 10 %`. */
export const splitText = (shares: Readonly<Record<string, number>>): string =>
  Object.entries(shares)
    .map(([side, share]) => `${side} ${share} %`)
    .join(' / ');

/** One split where all have the same; otherwise each with its proxy. */
export function splitsText(splits: readonly { readonly node: string; readonly split: string }[]): string {
  const different = new Set(splits.map(({ split }) => split));
  if (different.size === 1) return splits[0]!.split;
  return splits.map(({ node, split }) => `${node}: ${split}`).join('; ');
}

export const splitNow = (split: string): Text => ({ en: `Requests go to: ${split}.`, ja: `現在の配分: ${split}。` });
