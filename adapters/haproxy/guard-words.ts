/** What HAProxy answers of its lists, maps and stick tables, and the files of these, as values. */
import { plainAddress } from '../../domain/protection/networks.ts';
import type { Counted, Source } from '../../domain/protection/words.ts';

export type FrontendRow = Readonly<Record<string, string>>;

/** Requests that a rule turned away are counted among all. */
export const countedIn = (row: FrontendRow): Counted => ({ requests: Number(row['req_tot']), denied: Number(row['dreq']) });
export const rateIn = (row: FrontendRow): number => Number(row['req_rate']);

/** Files of `show acl` or `show map`. */
export const namesIn = (text: string): string[] =>
  text.split('\n').flatMap((line) => {
    const [, name] = /^\d+ \(([^)]+)\)/.exec(line) ?? [];
    return name === undefined ? [] : [name];
  });

/** Entries of one list or map: what stands after the address that each has in the proxy's memory. */
export const entriesIn = (text: string): string[] =>
  text.split('\n').flatMap((line) => {
    const [, entry] = /^0x[0-9a-f]+ (.+)$/.exec(line.trim()) ?? [];
    return entry === undefined ? [] : [entry];
  });

export function limitIn(entries: readonly string[], key: string): number | undefined {
  const found = entries.map((entry) => entry.split(/\s+/)).find(([name]) => name === key);
  return found && Number(found[1]);
}

/** Undefined where there is no such table of addresses, or it does not count requests. */
export function tableIn(text: string): { readonly known: number; readonly sources: readonly Source[] } | undefined {
  const [, known] = /^# table: [^,]+, type: ipv?6?, size:\d+, used:(\d+)/.exec(text) ?? [];
  if (known === undefined || text.includes('not stored in this table')) return undefined;
  const sources = text.split('\n').flatMap((line): Source[] => {
    const [, address, requests] = /key=(\S+) .*\bhttp_req_rate\(\d+\)=(\d+)/.exec(line) ?? [];
    return address === undefined ? [] : [{ address: plainAddress(address), requests: Number(requests) }];
  });
  return { known: Number(known), sources };
}

const isEntry = (line: string): boolean => line.trim() !== '' && !line.trim().startsWith('#');
const linesOf = (text: string): string[] => text.split('\n').slice(0, text.endsWith('\n') || text === '' ? -1 : undefined);
const joined = (lines: readonly string[]): string => lines.map((line) => `${line}\n`).join('');

/** Of a file with one entry a line. */
export const fileEntries = (text: string): string[] =>
  linesOf(text)
    .filter(isEntry)
    .map((line) => line.trim());

/** The file with exactly these entries; what people wrote beside them stays. */
export function keptList(text: string, entries: readonly string[]): string {
  const lines = linesOf(text).filter((line) => !isEntry(line) || entries.includes(line.trim()));
  return joined([...lines, ...entries.filter((one) => !lines.some((line) => line.trim() === one))]);
}

/** The file with this value of the key, or without the key; everything else stays. */
export function keptMap(text: string, key: string, value: number | undefined): string {
  const lines = linesOf(text);
  const at = lines.findIndex((line) => isEntry(line) && line.trim().split(/\s+/)[0] === key);
  if (value === undefined) return joined(lines.filter((_, n) => n !== at));
  if (at < 0) return joined([...lines, `${key} ${value}`]);
  const isSo = lines[at]!.trim().split(/\s+/)[1] === String(value);
  return joined(isSo ? lines : lines.with(at, `${key} ${value}`));
}
