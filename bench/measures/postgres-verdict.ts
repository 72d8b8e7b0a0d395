/** The verdict on a backup of a PostgreSQL cluster, from restore to answer by SQL, next to the restore and the start of a server by hand. */
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { createPostgresBackupActivities } from '../../activities/postgres-backups/create-postgres-backup-activities.ts';
import { createPorts } from '../../adapters/ports.ts';
import { startBackedUp, type Tool } from '../../test/support/postgres/backed-up.ts';
import type { Measure } from '../measure.ts';
import { sideBySide, timed } from '../side-by-side.ts';
import { pgBackRestTo, restoreByHand } from '../support/restore-by-hand.ts';

const rows = 2_000_000;

const restores: Readonly<Record<Tool, string>> = {
  pgbackrest: pgBackRestTo('--type=immediate'),
  'base-backup': `mkdir -m 700 data; tar -xzf "$FILES/base.tar.gz" -C data; tar -xzf "$FILES/pg_wal.tar.gz" -C data/pg_wal
touch data/recovery.signal
printf "recovery_target = immediate\\nrecovery_target_action = pause\\nrestore_command = false\\n" >> data/postgresql.auto.conf`,
};

const verdictOf = (tool: Tool): Measure => ({
  id: `postgres-verdict-${tool}`,
  title: `Verdict on a backup of a cluster of 300 MB by ${tool}: restored, started, counted, removed`,
  unit: 'ms',
  goal: 'at most 1.5 × the restore and the start by hand',
  meets: ({ ratio = Infinity }) => ratio <= 1.5,
  async run(tidy) {
    const bed = await startBackedUp(tool);
    tidy.defer(() => bed.stop());
    await bed.primary.sql(`create table t as select n, repeat(md5(n::text), 3) as text from generate_series(1, ${rows}) n`);
    const data = join(bed.folder, 'data');
    mkdirSync(data);
    const { secret, inventory } = bed;
    const activities = createPostgresBackupActivities(createPorts({ inventory: () => inventory, data, secret }));
    const id = '20261122T020000Z-full-1a2b3c';
    await activities.takePostgresBackup({ target: 'db', id, kind: 'full', startedAt: new Date().toISOString() });
    return sideBySide({
      rounds: 6,
      warmUp: 1,
      ours: () =>
        timed(async () => {
          const { status, failure } = await activities.testPostgresBackup({ target: 'db', backup: id });
          if (status !== 'verified') throw new Error(failure);
        }),
      against: { title: 'the tool, pg_ctl start, psql', run: () => restoreByHand(bed, id, restores[tool]) },
    });
  },
});

export const postgresVerdicts: readonly Measure[] = [verdictOf('pgbackrest'), verdictOf('base-backup')];
