/** A name, or several of which one will do: nodes that may take over, in no order. */
import type { Text } from './text.ts';

export type OneOf = string | readonly string[];

export const namesIn = (one: OneOf): readonly string[] => (typeof one === 'string' ? [one] : one);

/** Said before the reason of each. */
export const noneTakesOver = (asked: readonly string[]): Text => ({
  en: `None of ${asked.join(', ')} can take over.`,
  ja: `${asked.join('、')} のいずれも引き継げません。`,
});

/** Why a node was left that another one was only preferred to. */
export const hasAsMuch = (node: string): Text => ({ en: `${node} has as much.`, ja: `${node} も同量です。` });
