/** What children print, as one prefixed line each that a person can read. */

const levels: Readonly<Record<number, string>> = { 40: 'WARN', 50: 'ERROR', 60: 'FATAL' };
/** Fields of a JSON line that say nothing at a terminal. */
const dull = new Set(['level', 'time', 'msg', 'pid', 'hostname', 'sdkComponent', 'timestampNanos', 'logger', 'stack']);

/** `worker  WARN message key=value`; a line that is not one of our loggers' stays as it is. */
export function readableLine(name: string, line: string): string {
  const entry = parse(line);
  if (entry === undefined) return `${name.padEnd(8)} ${line}`;
  const level = levels[Number(entry['level'])] ?? '';
  const details = Object.entries(entry)
    .filter(([key, value]) => !dull.has(key) && value !== null && typeof value !== 'object')
    .map(([key, value]) => `${key}=${String(value)}`);
  const error = entry['err'] as { message?: unknown } | undefined;
  if (typeof error?.message === 'string') details.push(`reason=${error.message}`);
  return [name.padEnd(8), level, typeof entry['msg'] === 'string' ? entry['msg'] : '', ...details]
    .filter(Boolean)
    .join(' ')
    .replaceAll(/\s*\n\s*/g, ' | ');
}

function parse(line: string): Record<string, unknown> | undefined {
  if (!line.startsWith('{')) return undefined;
  try {
    return JSON.parse(line) as Record<string, unknown>;
  } catch {
    return undefined;
  }
}
