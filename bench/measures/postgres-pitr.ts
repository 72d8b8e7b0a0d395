/** A cluster of 1 GB restored to an instant beside production and looked through, next to pgBackRest's restore and replay by hand. */
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { createPostgresBackupActivities } from '../../activities/postgres-backups/create-postgres-backup-activities.ts';
import { createPostgresPitrActivities } from '../../activities/postgres/pitr/create-postgres-pitr-activities.ts';
import { createPorts } from '../../adapters/ports.ts';
import { startBackedUp } from '../../test/support/postgres/backed-up.ts';
import type { Measure } from '../measure.ts';
import { sideBySide, timed } from '../side-by-side.ts';
import { pgBackRestTo, restoreByHand } from '../support/restore-by-hand.ts';

/** Before the backup, and since: what is restored, and what is replayed. */
const rows = { before: 3_000_000, since: 300_000 };

export const postgresPitr: Measure = {
  id: 'postgres-pitr-1gb',
  title: 'A cluster of 1 GB back at an instant beside production: restored, replayed, its pages and indexes looked through',
  unit: 'ms',
  goal: 'at most 1.2 × the restore and replay by hand',
  meets: ({ ratio = Infinity }) => ratio <= 1.2,
  async run(tidy) {
    const bed = await startBackedUp('pgbackrest');
    tidy.defer(() => bed.stop());
    const fill = (count: number): string => `select n, repeat(md5(n::text), 9) as text from generate_series(1, ${count}) n`;
    await bed.primary.sql(`create table t as ${fill(rows.before)}`);
    // Or the server does it meanwhile, and fills the log with what is no commit.
    await bed.primary.sql('vacuum (freeze, analyze) t');
    const data = join(bed.folder, 'data');
    mkdirSync(data);
    const ports = createPorts({ inventory: () => bed.inventory, data, secret: bed.secret });
    const pitr = createPostgresPitrActivities(ports);
    const id = '20261122T020000Z-full-1a2b3c';
    const startedAt = new Date().toISOString();
    await createPostgresBackupActivities(ports).takePostgresBackup({ target: 'db', id, kind: 'full', startedAt });
    await bed.primary.sql(`insert into t ${fill(rows.since)}`);
    const [{ at }] = (await bed.primary.sql('select clock_timestamp()::text as at')) as [{ at: string }];
    await bed.primary.sql('insert into t select 0');
    // The instant is archived before anything is measured: by hand nobody would wait for it either.
    let nth = 0;
    const find = () => pitr.findPostgresMoment({ target: 'db', recovery: `db~${++nth}`, wish: { at } });
    const { ref: plan } = await find();
    return sideBySide({
      rounds: 6,
      warmUp: 1,
      ours: async () => {
        const ms = await timed(async () => {
          await find();
          await pitr.restorePostgresBeside({ target: 'db', recovery: `db~${nth}`, plan });
        });
        await pitr.removePostgresBeside({ target: 'db' });
        return ms;
      },
      against: {
        title: 'pgbackrest restore, pg_ctl start, psql',
        run: () => restoreByHand(bed, id, pgBackRestTo(`--type=time --target="${at}"`)),
      },
    });
  },
};
