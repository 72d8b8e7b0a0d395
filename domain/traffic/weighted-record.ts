/** The LUA record of PowerDNS by which a name divides its answers: written one way only, and read only where it is written so. */
import { canonical, type RecordType } from '../dns/records.ts';
import type { Setting } from './words.ts';

/** What a name answers for a server, by type. */
export type EntryValues = Partial<Readonly<Record<RecordType, string | undefined>>>;
/** Server → what the name answers for it. */
export type Entries = Readonly<Record<string, EntryValues>>;

export const recordTypes: readonly RecordType[] = ['A', 'AAAA', 'CNAME'];

/** A string of a record holds no more; where a longer one is cut on its way to a secondary, nobody says. */
const segmentLength = 255;

/** One content a type, in the order of the entries. A server that is drained is not in it; all the others are, with 0 too. */
export function writeRecords(entries: Entries, settings: readonly Setting[]): string[] {
  return recordTypes.flatMap((type) => {
    const pairs = Object.entries(entries).flatMap(([server, values]) => {
      const value = values[type];
      const found = settings.find((one) => one.server === server);
      if (value === undefined || found === undefined || found.state !== 'ready') return [];
      return [`{${found.weight}, '${canonical(type, value)}'}`];
    });
    return pairs.length === 0 ? [] : [`${type} ${inSegments(pairs)}`];
  });
}

function inSegments(pairs: readonly string[]): string {
  const segments = [''];
  for (const piece of ['pickwrandom({', ...pairs.map((pair, n) => (n === 0 ? pair : `, ${pair}`)), '})']) {
    if (segments.at(-1)!.length + piece.length > segmentLength) segments.push('');
    segments.push(segments.pop()! + piece);
  }
  return segments.map((segment) => `"${segment}"`).join(' ');
}

/** What stands there as settings of all entries; undefined where any of it is written otherwise, or is of somebody else. */
export function readRecords(entries: Entries, contents: readonly string[]): Setting[] | undefined {
  const [first = ''] = contents.toSorted();
  const type = recordTypes.find((one) => first.startsWith(`${one} `));
  const pairs = [...first.replaceAll('" "', '').matchAll(/\{(\d{1,3}), '([^']+)'\}/g)];
  const settings = Object.entries(entries).map(([server, values]): Setting => {
    const value = type && values[type];
    const found = value === undefined ? undefined : pairs.find(([, , said]) => said === canonical(type!, value));
    return { server, weight: Number(found?.[1] ?? 0), state: found ? 'ready' : 'drain' };
  });
  const isOurs = writeRecords(entries, settings).join('\n') === contents.toSorted().join('\n');
  return isOurs ? settings : undefined;
}
