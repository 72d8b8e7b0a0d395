/** Reads the master file of a zone (RFC 1035, 5), and remembers where in the text each record stands. */
import { absolute, canonical, recordSet, type Place, type RecordSet, type RecordType } from './records.ts';
import { refusedAt, refusedFile } from './zone-file-refused.ts';
import { linesOf, type ZoneLine, type ZoneWord } from './zone-lines.ts';

export interface ZoneRecord {
  /** Absolute, in small letters. */
  readonly name: string;
  /** Its line begins with the name; otherwise it is the one of the record before. */
  readonly isNamed: boolean;
  readonly ttl: number;
  /** In capitals. */
  readonly type: string;
  readonly data: readonly ZoneWord[];
  /** That names without a dot at the end belong to. */
  readonly origin: string;
  /** Where its lines begin and end in the text. */
  readonly from: number;
  readonly to: number;
  readonly line: number;
}

export interface ZoneFile {
  readonly records: readonly ZoneRecord[];
  readonly serial: number;
  /** Where it stands in the text. */
  readonly serialWord: ZoneWord;
}

/** `zone` is absolute. Fails: zone-file-refused. */
export function readZoneFile(text: string, zone: string): ZoneFile {
  const records: ZoneRecord[] = [];
  let [origin, ttl, name]: [string, number | undefined, string | undefined] = [zone, undefined, undefined];
  for (const line of linesOf(text)) {
    const [first] = line.words;
    if (first!.text.startsWith('$') && !line.isIndented) {
      const value = line.words[1]?.text ?? '';
      if (first!.text.toUpperCase() === '$ORIGIN' && value !== '') origin = nameIn(value, origin);
      else if (first!.text.toUpperCase() === '$TTL' && isTime(value)) ttl = seconds(value);
      else throw refusedAt(line.line, `${first!.text} is not understood here`, `${first!.text} には対応していません`);
    } else {
      const record = readRecord(line, { origin, ttl, name });
      name = record.name;
      records.push(record);
    }
  }
  return { records, ...headOf(records, zone) };
}

interface Around {
  readonly origin: string;
  readonly ttl: number | undefined;
  readonly name: string | undefined;
}

function readRecord({ words, isIndented, ...where }: ZoneLine, { origin, ttl: usual, name: last }: Around): ZoneRecord {
  const name = isIndented ? last : nameIn(words[0]!.text, origin);
  if (name === undefined) throw refusedAt(where.line, 'a record without a name', '名前のないレコードです');
  const rest = isIndented ? [...words] : words.slice(1);
  let ttl: number | undefined;
  // TTL and class may stand in either order (RFC 1035, 5.1).
  for (; rest.length > 0 && !rest[0]!.isQuoted; rest.shift()) {
    if (isTime(rest[0]!.text) && ttl === undefined) ttl = seconds(rest[0]!.text);
    else if (!/^in$/i.test(rest[0]!.text)) break;
  }
  const [type, ...data] = rest;
  if (type === undefined || type.isQuoted || data.length === 0) {
    throw refusedAt(where.line, 'no record', 'レコードではありません');
  }
  if (!/^[a-z][a-z0-9-]*$/i.test(type.text) || isOdd(type.text)) {
    throw refusedAt(where.line, `${type.text} is not understood here`, `${type.text} には対応していません`);
  }
  ttl ??= usual;
  if (ttl === undefined) throw refusedAt(where.line, 'no TTL, and no $TTL before it', 'TTL も $TTL もありません');
  return { name, isNamed: !isIndented, ttl, type: type.text.toUpperCase(), data, origin, ...where };
}

/** Other classes, and types by number: what looks like something else could be one of ours. */
const isOdd = (type: string): boolean => /^(ch|cs|hs|any|type\d+|class\d+)$/i.test(type);

function headOf(records: readonly ZoneRecord[], zone: string): Pick<ZoneFile, 'serial' | 'serialWord'> {
  const heads = records.filter(({ type }) => type === 'SOA');
  const serialWord = heads[0]?.data[2];
  if (heads.length !== 1 || heads[0]!.name !== zone || !/^\d{1,10}$/.test(serialWord?.text ?? '')) {
    throw refusedFile(`does not have one SOA of ${zone} with a serial`, `${zone} の SOA とシリアルがありません`);
  }
  const signed = records.find(({ type }) => type === 'RRSIG');
  if (signed) {
    throw refusedAt(
      signed.line,
      'a signature: a file that is signed is not changed; let the server sign the zone',
      '署名済みファイルは変更しません。サーバー側で署名してください',
    );
  }
  const serial = Number(serialWord!.text);
  if (serial >= 2 ** 32) throw refusedAt(heads[0]!.line, 'the serial is too large', 'シリアルが大きすぎます');
  return { serial, serialWord: serialWord! };
}

/** What stands there; null where nothing does. Fails: zone-file-refused. */
export function setIn({ records }: Pick<ZoneFile, 'records'>, { name, type }: Pick<Place, 'name' | 'type'>): RecordSet | null {
  const found = records.filter((one) => one.name === name && one.type === type);
  if (found.length === 0) return null;
  // Servers give a whole set the TTL of its first record.
  return recordSet(
    type,
    found[0]!.ttl,
    found.map((one) => valueOf(one, type)),
  );
}

function valueOf({ data, origin, line }: ZoneRecord, type: RecordType): string {
  const [value, ...more] = data;
  try {
    if (more.length > 0) throw new TypeError('too much');
    return type === 'CNAME' ? nameIn(value!.text, origin) : canonical(type, value!.text);
  } catch {
    throw refusedAt(line, `no value of ${type}`, `${type} の値ではありません`);
  }
}

export const countSets = ({ records }: Pick<ZoneFile, 'records'>): number =>
  new Set(records.map(({ name, type }) => `${name} ${type}`)).size;

function nameIn(text: string, origin: string): string {
  if (text === '@') return origin;
  return text.endsWith('.') ? text.toLowerCase() : absolute(origin === '.' ? text : `${text}.${origin}`);
}

const units: Readonly<Record<string, number>> = { '': 1, s: 1, m: 60, h: 3_600, d: 86_400, w: 604_800 };
const isTime = (text: string): boolean => /^(\d+[smhdw])*\d+[smhdw]?$/i.test(text);
/** `300`, `5m`, `1h30m`. */
const seconds = (text: string): number =>
  [...text.toLowerCase().matchAll(/(\d+)([smhdw]?)/g)].reduce((sum, [, count, unit]) => sum + Number(count) * units[unit!]!, 0);
