/** Files of the write-ahead log by their names: 24 hexadecimal digits, of which 8 are the timeline and 16 the place in the log. */

const logFile = /^[0-9A-F]{24}$/;
const timelineHistory = /^[0-9A-F]{8}\.history$/;

export const isLogFile = (name: string): boolean => logFile.test(name);
/** Histories tell where one timeline left another. */
export const isHistory = (name: string): boolean => timelineHistory.test(name);
export const timelineOf = (name: string): number => Number.parseInt(name.slice(0, 8), 16);
/** The same for the same place on every timeline; names of one cluster sort by it. */
export const placeOf = (name: string): string => name.slice(8);

/** How many files a counter of the middle digits holds: 256 of 16 MiB each. */
const filesPerCounter = (fileBytes: number): bigint => 0x1_0000_0000n / BigInt(fileBytes);

function indexOf(name: string, fileBytes: number): bigint {
  const place = placeOf(name);
  return BigInt(`0x${place.slice(0, 8)}`) * filesPerCounter(fileBytes) + BigInt(`0x${place.slice(8)}`);
}

/** What lies from the file `from` on, on its timeline and later ones, with the histories; sorted by place. */
export function logFrom(names: readonly string[], from: string): string[] {
  const files = names.filter((name) => isLogFile(name) && placeOf(name) >= placeOf(from) && timelineOf(name) >= timelineOf(from));
  return [...names.filter(isHistory).toSorted(), ...files.toSorted(byPlace)];
}

/** By place; at the same place the older timeline first. */
export const byPlace = (a: string, b: string): number =>
  placeOf(a) < placeOf(b) ? -1 : placeOf(a) > placeOf(b) ? 1 : a < b ? -1 : Number(a > b);

/** The last file that can be reached from `from` without a hole; undefined where `from` itself is missing. */
export function reachableFrom(names: readonly string[], from: string, fileBytes: number): string | undefined {
  const files = logFrom(names, from).filter(isLogFile);
  let last: string | undefined;
  for (const name of files) {
    const expected = last === undefined ? indexOf(from, fileBytes) : indexOf(last, fileBytes) + 1n;
    const index = indexOf(name, fileBytes);
    if (index > expected) break;
    last = name;
  }
  return last;
}

/** The file before it on the same timeline; undefined for the first. */
export function fileBefore(name: string, fileBytes: number): string | undefined {
  const index = indexOf(name, fileBytes) - 1n;
  if (index < 1n) return undefined;
  const per = filesPerCounter(fileBytes);
  return `${name.slice(0, 8)}${hex(index / per)}${hex(index % per)}`;
}

/** Name of the file of a timeline that holds a position. */
export function fileAt(timeline: number, position: string, fileBytes: number): string {
  const [high, low] = position.split('/').map((part) => BigInt(`0x${part}`)) as [bigint, bigint];
  const index = ((high << 32n) + low) / BigInt(fileBytes);
  const per = filesPerCounter(fileBytes);
  return `${hex(BigInt(timeline))}${hex(index / per)}${hex(index % per)}`;
}

const hex = (value: bigint): string => value.toString(16).toUpperCase().padStart(8, '0');
