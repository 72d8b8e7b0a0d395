/** The clocks of named zones, by the rules that the running Node carries: what comes of them is stored, never asked again in a replay. */

/** Such as Asia/Tokyo. Shorter names are abbreviations, which mean several things. */
export function isZone(name: string): boolean {
  if (!/^[A-Za-z_]+(\/[A-Za-z0-9_+-]+)+$/.test(name)) return false;
  try {
    new Intl.DateTimeFormat('en', { timeZone: name });
    return true;
  } catch {
    return false;
  }
}

/** Seconds east of Greenwich at so many seconds since 1970. */
export function offsetAt(zone: string, seconds: number): number {
  const format = new Intl.DateTimeFormat('en', { timeZone: zone, timeZoneName: 'longOffset' });
  const name = format.formatToParts(seconds * 1_000).find(({ type }) => type === 'timeZoneName')?.value ?? '';
  const [, sign, hours = '0', minutes = '0', rest = '0'] = /([+-])(\d{2}):(\d{2})(?::(\d{2}))?/.exec(name) ?? [];
  return (sign === '-' ? -1 : 1) * (Number(hours) * 3_600 + Number(minutes) * 60 + Number(rest)) || 0;
}

/** No zone is further from Greenwich, and none changes its clocks twice within so long. */
const reach = 26 * 3_600;

/** The offsets before and after a local time; the same one twice where no clock was changed around it. */
export const offsetsAround = (zone: string, local: number): readonly [number, number] => [
  offsetAt(zone, local - reach),
  offsetAt(zone, local + reach),
];

/** When the clocks of the zone show this local time: never where they were put forward over it, twice where they were put back. */
export const instantsOf = (zone: string, local: number): number[] =>
  [...new Set(offsetsAround(zone, local))]
    .map((offset) => local - offset)
    .filter((instant) => offsetAt(zone, instant) === local - instant)
    .toSorted((a, b) => a - b);
