/** How many keys are on a Redis server: what a backup notes, and what has to come back. */
import type { Text } from '../text.ts';
import type { Measure } from '../why-suspect.ts';

export interface DatabaseKeys {
  readonly database: number;
  readonly keys: number;
  /** Those without an expiry: they do not go by themselves. */
  readonly lasting: number;
}

export interface PatternKeys {
  readonly pattern: string;
  /** No more than the inventory expects are counted. */
  readonly found: number;
}

export interface KeyCount {
  /** Empty ones are left out. */
  readonly databases: readonly DatabaseKeys[];
  readonly patterns: readonly PatternKeys[];
}

/** What a restored server says. */
export interface RestoredKeys extends KeyCount {
  /** Keys whose time was over. */
  readonly expired: number;
  /** Keys that it read from its snapshot; undefined before Redis 7. */
  readonly loaded?: number | undefined;
}

/** What tells that servers lost something; keys with an expiry go by themselves. */
export const keyMeasures: readonly Measure[] = [
  { count: 'lastingKeys', name: { en: 'keys without an expiry', ja: '期限のないキー' } },
];

export const countsOf = ({ databases }: KeyCount): { keys: number; lastingKeys: number } => ({
  keys: databases.reduce((sum, { keys }) => sum + keys, 0),
  lastingKeys: databases.reduce((sum, { lasting }) => sum + lasting, 0),
});

/** Writes go on while a backup is taken: what was there before and after it is what it holds at least. */
export function atLeast(before: KeyCount, after: KeyCount): KeyCount {
  const databases = before.databases.flatMap((one) => {
    const then = after.databases.find(({ database }) => database === one.database);
    const { keys, lasting } = then ?? { keys: 0, lasting: 0 };
    return keys === 0 ? [] : [{ ...one, keys: Math.min(one.keys, keys), lasting: Math.min(one.lasting, lasting) }];
  });
  const patterns = before.patterns.flatMap(({ pattern, found }) => {
    const then = after.patterns.find((one) => one.pattern === pattern);
    return then === undefined ? [] : [{ pattern, found: Math.min(found, then.found) }];
  });
  return { databases, patterns };
}

/** Keys may go while it is taken; all of a kind do not. */
const tolerance = 0.2;

/** Why what came back is not what was counted; undefined where it is. Keys whose time was over meanwhile are no loss. */
export function whyTooFew(what: Text, noted: KeyCount, found: RestoredKeys): Text | undefined {
  for (const { database, lasting } of noted.databases) {
    const back = found.databases.find((one) => one.database === database)?.lasting ?? 0;
    if (back < lasting * (1 - tolerance)) {
      return tooFew(
        what,
        { en: `keys without an expiry in database ${database}`, ja: `データベース ${database} の期限のないキー` },
        lasting,
        back,
      );
    }
  }
  const [wanted, there] = [countsOf(noted).keys, countsOf(found).keys];
  if (there + found.expired < wanted * (1 - tolerance)) return tooFew(what, { en: 'keys', ja: 'キー' }, wanted, there);
  for (const { pattern, found: expected } of noted.patterns) {
    const back = found.patterns.find((one) => one.pattern === pattern)?.found ?? 0;
    if (back + found.expired < expected) return tooFew(what, { en: `keys ${pattern}`, ja: `${pattern} のキー` }, expected, back);
  }
  return undefined;
}

export const tooFew = (what: Text, kind: Text, wanted: number, back: number): Text => ({
  en: `${what.en}: ${wanted} ${kind.en} were counted, ${back} came back.`,
  ja: `${what.ja}: ${kind.ja}は ${wanted} 件でしたが、復元できたのは ${back} 件です。`,
});
