/** Takes what a person wrote apart into date, time and zone, and refuses what no calendar and no clock shows. */
import { refusal, type Refusal } from './words.ts';

export interface Notation {
  readonly ok: true;
  /** As it was written, for the sentence. */
  readonly written: string;
  /** Date and time without the zone, as written. */
  readonly local: string;
  /** Seconds since 1970 if the place were Greenwich. */
  readonly seconds: number;
  /** Six digits. */
  readonly micros: string;
  /** Seconds east of Greenwich; `Z` is 0. */
  readonly offset: number | undefined;
  readonly isZulu: boolean;
  /** Name or abbreviation of a zone. */
  readonly zone: string | undefined;
}

const shape =
  /^(?<local>(?<year>\d{4})-(?<month>\d{1,2})-(?<day>\d{1,2})[T ]\s*(?<hour>\d{1,2}):(?<minute>\d{2})(?::(?<second>\d{2})(?:[.,](?<fraction>\d+))?)?)\s*(?<tail>.*)$/i;
const zoneShape =
  /^(?<offset>Z(?![A-Z])|[+-]\d{2}(?::?\d{2})?)?\s*(?:\[(?<bracketed>[^\]]+)\]|\((?<parted>[^)]+)\)|(?<bare>[A-Z][\w/+-]*))?$/i;

export function readNotation(text: string): Notation | Refusal {
  // Japanese keyboards write full-width figures, and typesetters a minus that is none.
  const written = text.normalize('NFKC').replaceAll('−', '-').trim().slice(0, 80);
  const parts = shape.exec(written)?.groups;
  if (!parts) {
    return refusal(
      `"${written}" is no date with a time. Write it such as 2024-01-20 14:30:00 JST or 2024-01-20T14:30:00+09:00.`,
      `「${written}」は日時として読めません。2024-01-20 14:30:00 JST や 2024-01-20T14:30:00+09:00 のように書いてください。`,
    );
  }
  const zone = zoneShape.exec(parts['tail']!)?.groups;
  if (!zone) {
    return refusal(
      `"${parts['tail']}" is no time zone. Write an offset such as +09:00, Z, or a name such as Asia/Tokyo.`,
      `「${parts['tail']}」はタイムゾーンとして読めません。+09:00 のような差、Z、Asia/Tokyo のような名前で書いてください。`,
    );
  }
  const offset = readOffset(zone['offset']);
  const fault = wrongDate(parts) ?? wrongTime(parts) ?? wrongOffset(zone['offset'], offset);
  if (fault) return fault;
  const [year, month, day, hour, minute] = ['year', 'month', 'day', 'hour', 'minute'].map((name) => Number(parts[name]));
  return {
    ...{ ok: true, written, local: parts['local']! },
    seconds: Date.UTC(year!, month! - 1, day, hour, minute, Number(parts['second'] ?? 0)) / 1_000,
    micros: (parts['fraction'] ?? '').padEnd(6, '0'),
    offset,
    isZulu: zone['offset']?.toUpperCase() === 'Z',
    zone: zone['bracketed'] ?? zone['parted'] ?? zone['bare'],
  };
}

type Parts = Readonly<Record<string, string | undefined>>;

function wrongDate({ year, month, day }: Parts): Refusal | undefined {
  const date = `${year}-${month}-${day}`;
  // No database of today is older, and zones have no rules for later.
  if (Number(year) < 1970 || Number(year) > 2099) {
    return refusal(`${date} is not between 1970 and 2099.`, `${date} は 1970 年から 2099 年の間ではありません。`);
  }
  const found = new Date(Date.UTC(Number(year), Number(month) - 1, Number(day)));
  if (found.getUTCMonth() + 1 === Number(month) && found.getUTCDate() === Number(day)) return undefined;
  return refusal(`There is no ${date} in the calendar.`, `${date} という日付はありません。`);
}

function wrongTime({ hour, minute, second = '0', fraction = '' }: Parts): Refusal | undefined {
  const time = `${hour}:${minute}:${second.padStart(2, '0')}`;
  if (Number(hour) > 23 || Number(minute) > 59 || Number(second) > 59) {
    return refusal(
      `No clock shows ${time}: a day goes from 00:00:00 to 23:59:59.`,
      `${time} という時刻はありません(00:00:00~23:59:59)。`,
    );
  }
  if (fraction.length <= 6) return undefined;
  return refusal(
    `.${fraction} is finer than microseconds, which PostgreSQL counts in: write six digits at most.`,
    `.${fraction} は細かすぎます。PostgreSQL はマイクロ秒単位なので、小数は 6 桁までにしてください。`,
  );
}

function readOffset(text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  const [, sign, hours, minutes = '0'] = /^([+-])(\d{2}):?(\d{2})?$/.exec(text) ?? [];
  if (sign === undefined) return 0;
  return (sign === '-' ? -1 : 1) * (Number(hours) * 3_600 + Number(minutes) * 60) || 0;
}

function wrongOffset(text: string | undefined, seconds: number | undefined): Refusal | undefined {
  if (seconds === undefined || text === undefined) return undefined;
  const minutes = Number(/\d{2}:?(\d{2})$/.exec(text)?.[1] ?? 0);
  if (minutes < 60 && seconds >= -12 * 3_600 && seconds <= 14 * 3_600) return undefined;
  return refusal(`No place on earth has the offset ${text}.`, `${text} という時差の地域はありません。`);
}
