/** Which instant a person means: one, or a refusal with the reason. Nothing is guessed, because a database is set back to it. */
import { clearAbbreviation, meanings } from './abbreviations.ts';
import { readNotation, type Notation } from './read-notation.ts';
import { offsetText, refusal, utc, type Instant, type Refusal } from './words.ts';
import { instantsOf, isZone, offsetAt, offsetsAround } from './zone-rules.ts';

/** `timezone` is the inventory's. It is named where the text has none, and not taken. */
export function parseInstant(text: string, timezone: string): Instant | Refusal {
  const notation = readNotation(text);
  if (!notation.ok) return notation;
  const seconds = secondsOf(notation, timezone);
  if (typeof seconds !== 'number') return seconds;
  const at = utc(seconds, notation.micros);
  return { ok: true, at, sentence: { en: `${notation.written} is ${at}.`, ja: `${notation.written} は UTC の ${at} です。` } };
}

/** Since 1970. */
function secondsOf(notation: Notation, timezone: string): number | Refusal {
  const { seconds, offset, zone } = notation;
  if (zone === undefined) return offset === undefined ? withoutZone(notation, timezone) : seconds - offset;
  const fixed = clearAbbreviation(zone);
  if (fixed === undefined && !isZone(zone)) return unclear(zone);
  if (offset === undefined) return fixed === undefined ? inZone(notation, zone) : seconds - fixed;
  const instant = seconds - offset;
  const there = fixed ?? offsetAt(zone, instant);
  // `Z` beside a place says when, and the place only where.
  if (there === offset || (notation.isZulu && fixed === undefined)) return instant;
  return refusal(
    `${offsetText(offset)} and ${zone} contradict each other: the clocks of ${zone} stood at ${offsetText(there)} then. Write one of them.`,
    `${offsetText(offset)} と ${zone} が矛盾しています。その時の ${zone} は ${offsetText(there)} です。どちらか一方だけを書いてください。`,
  );
}

function inZone({ local, seconds, micros }: Notation, zone: string): number | Refusal {
  const [first, second] = instantsOf(zone, seconds);
  const offsets = offsetsAround(zone, seconds).map(offsetText);
  if (first === undefined) {
    return refusal(
      `${local} does not exist in ${zone}: the clocks were put forward over it, from ${offsets[0]} to ${offsets[1]}. Write the time with an offset.`,
      `${local} という時刻は ${zone} にはありません。時計が ${offsets[0]} から ${offsets[1]} へ進められた間です。時差を付けて書いてください。`,
    );
  }
  if (second === undefined) return first;
  const [one, other] = [first, second].map((instant) => `${utc(instant, micros)} (${offsetText(seconds - instant)})`);
  return refusal(
    `${local} came twice in ${zone}, because the clocks were put back: ${one} or ${other}? Write the time with its offset.`,
    `${local} は ${zone} で 2 回ありました(時計が戻されたため)。${one} と ${other} のどちらか、時差を付けて書いてください。`,
  );
}

/** Says what it would be here and in Greenwich: seeing both is how people notice which one they meant. */
function withoutZone(notation: Notation, timezone: string): Refusal {
  const readings = [...new Set([timezone, 'UTC'])].flatMap((zone) => {
    const instants = zone === 'UTC' ? [notation.seconds] : instantsOf(zone, notation.seconds);
    return instants.map((instant) => ({ zone, at: utc(instant, notation.micros) }));
  });
  return refusal(
    `${notation.local} names no time zone: ${readings.map(({ zone, at }) => `in ${zone} it is ${at}`).join(', ')}. Write which one is meant.`,
    `${notation.local} にはタイムゾーンがありません。${readings.map(({ zone, at }) => `${zone} なら ${at}`).join('、')} です。どちらかを書いてください。`,
  );
}

function unclear(zone: string): Refusal {
  const several = meanings(zone);
  if (several) {
    return refusal(
      `${zone} means several zones: ${several.join(', ')}. Write the offset, or a name such as Asia/Tokyo.`,
      `${zone} は複数のタイムゾーンを指します(${several.join('、')})。時差か、Asia/Tokyo のような名前で書いてください。`,
    );
  }
  return refusal(
    `${zone} is no time zone that is known here. Write an offset such as +09:00, Z, or a name such as Asia/Tokyo.`,
    `${zone} というタイムゾーンは分かりません。+09:00 のような時差、Z、Asia/Tokyo のような名前で書いてください。`,
  );
}
