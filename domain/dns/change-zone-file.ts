/** Changes record sets in the text of a zone file: their lines and the serial, and no other byte. */
import { areSame, type Place, type RecordSet } from './records.ts';
import { nextSerial } from './serial.ts';
import { readZoneFile, setIn, type ZoneFile, type ZoneRecord } from './zone-file.ts';
import { refusedFile } from './zone-file-refused.ts';

export interface FileChange extends Place {
  readonly before: RecordSet | null;
  readonly after: RecordSet | null;
}

/** `odd`: the record set stands there as neither. */
export type ChangedFile =
  | { readonly is: 'changed'; readonly text: string; readonly serial: number }
  | { readonly is: 'already'; readonly serial: number }
  | { readonly is: 'odd'; readonly at: FileChange };

/** All changes that are not made yet, under one new serial. Fails: zone-file-refused. */
export function changeZoneFile(text: string, zone: string, changes: readonly FileChange[]): ChangedFile {
  const outside = changes.find(({ name }) => name !== zone && !name.endsWith(`.${zone}`));
  if (outside) throw refusedFile(`does not hold ${outside.name}`, `${outside.name} はこのゾーンの名前ではありません`);
  const file = readZoneFile(text, zone);
  const open = changes.filter((one) => !areSame(setIn(file, one), one.after));
  if (open.length === 0) return { is: 'already', serial: file.serial };
  const odd = open.find((one) => !areSame(setIn(file, one), one.before));
  if (odd) return { is: 'odd', at: odd };
  const serial = nextSerial(file.serial);
  const { from, to } = file.serialWord;
  const changed = spliced(text, [{ from, to, text: String(serial) }, ...edits(text, file, open)]);
  prove(file, readZoneFile(changed, zone), open, serial);
  return { is: 'changed', text: changed, serial };
}

interface Edit {
  readonly from: number;
  readonly to: number;
  readonly text: string;
}

const isOf = ({ name, type }: ZoneRecord, place: Place): boolean => name === place.name && type === place.type;

function edits(text: string, { records }: ZoneFile, changes: readonly FileChange[]): Edit[] {
  const lineBreak = text.includes('\r\n') ? '\r\n' : '\n';
  const written = ({ name, type, after }: FileChange): string =>
    (after?.values ?? []).map((value) => `${name} ${after!.ttl} IN ${type} ${value}${lineBreak}`).join('');
  const made: Edit[] = [];
  const placed = new Set<FileChange>();
  let last: string | undefined;
  for (const record of records) {
    const change = changes.find((one) => isOf(record, one));
    if (change === undefined) {
      // It took its name from a line that is gone.
      if (!record.isNamed && last !== record.name) made.push({ from: record.from, to: record.from, text: record.name });
      last = record.name;
    } else {
      const lines = placed.has(change) ? '' : written(change);
      placed.add(change);
      made.push({ from: record.from, to: record.to, text: lines });
      if (lines !== '') last = change.name;
    }
  }
  const added = changes.filter((one) => !placed.has(one)).map(written);
  const gap = text.endsWith('\n') ? '' : lineBreak;
  const end = text.length;
  return added.length === 0 ? made : [...made, { from: end, to: end, text: `${gap}${added.join('')}` }];
}

/** They do not overlap. */
function spliced(text: string, all: readonly Edit[]): string {
  let [done, at] = ['', 0];
  for (const edit of all.toSorted((a, b) => a.from - b.from)) {
    done += text.slice(at, edit.from) + edit.text;
    at = edit.to;
  }
  return done + text.slice(at);
}

/** Read anew, the file has to say what was meant, and of everything else what it said before. */
function prove(before: ZoneFile, after: ZoneFile, changes: readonly FileChange[], serial: number): void {
  const rest = ({ records }: ZoneFile): string =>
    records
      .filter((record) => !changes.some((one) => isOf(record, one)))
      .map(({ name, ttl, type, origin, data }) => {
        const words = type === 'SOA' ? data.toSpliced(2, 1) : data;
        return [name, ttl, type, origin, ...words.map((word) => word.text)].join(' ');
      })
      .join('\n');
  const isMade = changes.every((one) => areSame(setIn(after, one), one.after));
  if (after.serial !== serial || !isMade || rest(before) !== rest(after)) {
    throw refusedFile('would not say what was meant', '意図した内容になりません');
  }
  for (const { name, after: set } of changes) {
    const types = new Set(after.records.flatMap((one) => (one.name === name ? [one.type] : [])));
    // No server loads such a zone (RFC 1034, 3.6.2), and it would be the whole of it.
    if (set !== null && types.has('CNAME') && types.size > 1) {
      throw refusedFile(`would have a CNAME beside other records at ${name}`, `${name} で CNAME と他のレコードが重複します`);
    }
  }
}
