/** Ways back of a PostgreSQL cluster as crash cases: a cluster with a backup and spoiled rows for each run. What happened is read from its servers. */
import { existsSync, readdirSync } from 'node:fs';
import { basename, dirname } from 'node:path';
import { startBackedUp, type BackedUp } from '../../postgres/backed-up.ts';
import { declareBackedUp } from '../../postgres/declare.ts';
import type { StoreStack } from '../../store-stack.ts';
import type { CrashCase, Wreck } from '../case.ts';
import { clustersCase } from './clusters.ts';

interface PitrCase {
  readonly scenario: 'postgres-pitr' | 'data-corruption';
  /** Cancelled there, the database must be the one of before. */
  readonly cancelAt?: string;
  readonly only?: readonly string[];
}

export const pitrCase = (story: PitrCase): CrashCase<StoreStack> =>
  clustersCase(
    story,
    () => startBackedUp('base-backup'),
    (stack, bed) => wreck(stack, bed, { scenario: story.scenario, goesBack: story.cancelAt === undefined }),
  );

async function wreck(
  stack: StoreStack,
  bed: BackedUp,
  { scenario, goesBack }: { readonly scenario: PitrCase['scenario']; readonly goesBack: boolean },
): Promise<Wreck> {
  const { primary: a } = bed;
  await a.sql('create table t (n int primary key)');
  await a.sql('insert into t select generate_series(1, 100)');
  const target = declareBackedUp(stack, bed);
  await target.takeBackup();
  await a.sql('select pg_sleep(1.2)');
  const [{ at }] = (await a.sql('select clock_timestamp()::text as at')) as [{ at: string }];
  await a.sql('select pg_sleep(1.2)');
  await a.sql('update t set n = -n where n > 50');
  const rows = goesBack ? { rows: 100, bad: 0 } : { rows: 100, bad: 50 };

  return {
    target: target.id,
    input: scenario === 'postgres-pitr' ? { at } : { check: 'select count(*) = 0 from t where n < 0', tries: 2 },
    async faults() {
      const question = `select count(*)::int as rows, (count(*) filter (where n < 0))::int as bad from t`;
      const [found] = await a.sql(question).catch((error: unknown) => [{ said: String(error) }]);
      const [role] = await a.sql('select pg_is_in_recovery() as standby').catch(() => [{ standby: 'unknown' }]);
      const wanted = [
        [found, rows],
        [role, { standby: false }],
        // Of everything that went into its place, and of the settings of a goal, nothing is left.
        [readdirSync(bed.scratch), []],
        [beside(a.folder, '.okiagari-in-'), []],
        [existsSync(`${a.folder}/postgresql.auto.conf.okiagari-own`), false],
        [existsSync(`${a.folder}/standby.signal`), false],
        // What was there before is kept, once.
        [beside(a.folder, '.okiagari-old-').length, 1],
      ];
      return wanted
        .filter(([is, ought]) => JSON.stringify(is) !== JSON.stringify(ought))
        .map(([is, ought]) => `${JSON.stringify(is)}, not ${JSON.stringify(ought)}`);
    },
  };
}

const beside = (folder: string, mark: string): string[] =>
  readdirSync(dirname(folder)).filter((name) => name.startsWith(`${basename(folder)}${mark}`));
