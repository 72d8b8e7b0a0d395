/** Damaged audit logs as crash cases, judged from the files: each good line once, the original whole, nothing unfinished left. */
import { appendFileSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { Store, StoreStack } from '../../store-stack.ts';
import type { CrashCase, Wreck } from '../case.ts';
import { storesCase } from './stores.ts';

/** Cancelled at `cancelAt`, the log must be as damaged as it was. */
export const damagedLogCase = ({ cancelAt }: { readonly cancelAt?: string } = {}): CrashCase<StoreStack> =>
  storesCase('audit-log-corruption', (stack) => damagedLog(stack, cancelAt === undefined), cancelAt);

/** Half of the log is gone, and comes back from a backup. */
export const lostLogCase = (): CrashCase<StoreStack> => storesCase('audit-log-restore', lostLog);

/** So that people are waited for. */
const asks = 'agent: none\napprovals: { log-quarantine: { always: true } }';
const cut = '{"timestamp":"2026-10-01T00:00:00.000Z","action":"run_dyn';

async function lostLog(stack: StoreStack): Promise<Wreck> {
  const store = await stack.store({ tools: 1, logLines: 40, settings: asks });
  await store.verifiedBackup();
  const good = readFileSync(store.log, 'utf8');
  const lines = good.split(/(?<=\n)/);
  writeFileSync(store.log, lines.slice(lines.length / 2).join(''));
  return judgedBy({ store, good, isMended: true, pieces: 0 });
}

async function damagedLog(stack: StoreStack, isMended: boolean): Promise<Wreck> {
  const store = await stack.store({ tools: 1, logLines: 40, settings: asks });
  const good = readFileSync(store.log, 'utf8');
  const bad = `${cut}\n`.repeat(3);
  writeFileSync(store.log, `${bad}${good}${cut}{"glued":1}\n`);
  return judgedBy({ store, good: `${good}{"glued":1}\n`, isMended, pieces: 4 });
}

interface Wanted {
  readonly store: Store;
  /** The log as it must become. */
  readonly good: string;
  readonly isMended: boolean;
  /** Records in quarantine. */
  readonly pieces: number;
}

function judgedBy({ store, good, isMended, pieces: wantedPieces }: Wanted): Wreck {
  const damaged = readFileSync(store.log, 'utf8');
  const { ino } = statSync(store.log);
  let appended = '';
  const seen = new Set<number>([ino]);

  return {
    target: store.id,
    input: {},
    /** Somebody goes on writing: one line at each death, as the agent does. */
    watch() {
      const line = `{"appended":${appended.split('\n').length}}\n`;
      appendFileSync(store.log, line);
      appended += line;
      seen.add(statSync(store.log).ino);
    },
    faults() {
      const wanted = isMended ? good : damaged;
      const now = readFileSync(store.log, 'utf8');
      const news = now.slice(wanted.length);
      const inodes = new Set([...seen, statSync(store.log).ino]).size;
      return [
        ...(now.startsWith(wanted) ? [] : ['the log does not begin as it must']),
        ...(sorted(news) === sorted(appended) ? [] : [`appended was ${appended}, and behind the log stands ${news}`]),
        // Swapped twice, it would have been a third file at some death.
        ...(inodes <= 2 ? [] : [`${inodes} files were the log`]),
        ...(isMended ? leftFaults(store, damaged, ino, wantedPieces) : []),
        ...besides(store)
          .filter((name) => !isMended || name.startsWith('.'))
          .map((name) => `${name} is left`),
      ];
    },
  };
}

const sorted = (text: string): string => text.split('\n').toSorted().join('\n');
const besides = (store: Store): string[] => readdirSync(dirname(store.log)).filter((name) => !store.log.endsWith(`/${name}`));

function leftFaults(store: Store, damaged: string, ino: number, wanted: number): string[] {
  const find = (part: string): string => join(dirname(store.log), besides(store).find((name) => name.includes(part)) ?? part);
  const read = (part: string): string => {
    try {
      return readFileSync(find(part), 'utf8');
    } catch {
      return '';
    }
  };
  const pieces = read('quarantine-').split('\n').filter(Boolean).length;
  const receipt = JSON.parse(read('.repair-') || '{}') as { complete?: boolean };
  return [
    ...(read('.corrupted-').startsWith(damaged) && statSync(find('.corrupted-')).ino === ino ? [] : ['the original is not kept']),
    ...(pieces === wanted ? [] : [`${pieces} pieces are in quarantine`]),
    ...(receipt.complete === true ? [] : ['there is no complete receipt']),
    ...(besides(store).length === 3 ? [] : [`beside the log lie ${besides(store).join(', ')}`]),
  ];
}
