/** Edits a zone file as a person does who knows the format: lines out, lines in, the serial up, loaded. */
import { execFileSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import type { NameServers } from './servers.ts';

const loadedMs = 10_000;

/** `lines` are those of nsupdate; over when the primary has the new serial. */
export function editZoneFile(
  { path, reload }: NameServers['zoneFile'],
  zone: string,
  lines: readonly string[],
  served: () => number,
): void {
  const next = served() + 1;
  const gone = lines.flatMap((line) => /^update delete (\S+) (\S+)$/.exec(line)?.slice(1) ?? []);
  const stays = (line: string): boolean => {
    const [name, ...rest] = line.split(' ');
    return !gone.some((word, n) => n % 2 === 0 && whole(word) === whole(name!) && rest.includes(gone[n + 1]!));
  };
  const whole = (name: string): string => (name.endsWith('.') ? name : name.includes('.') ? `${name}.` : `${name}.${zone}`);
  const kept = readFileSync(path, 'utf8')
    .split('\n')
    .filter((line) => line !== '' && stays(line));
  const added = lines.flatMap((line) => /^update add (\S+)(.*)$/.exec(line)?.slice(1) ?? []);
  const fresh = added.flatMap((name, n) => (n % 2 === 0 ? [`${whole(name)}${added[n + 1]}`] : []));
  const text = [...kept, ...fresh, ''].join('\n').replace(/(hostmaster )\d+/, `$1${next}`);
  writeFileSync(path, text);
  const [program, ...args] = reload;
  const deadline = performance.now() + loadedMs;
  execFileSync(program!, args);
  while (served() !== next) {
    if (performance.now() > deadline) throw new Error(`the primary does not load:\n${text}`);
  }
}
