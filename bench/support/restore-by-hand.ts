/** A restore of a PostgreSQL backup as an engineer would do it in a shell, until the server says that it stands at its goal. */
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import type { BackedUp } from '../../test/support/postgres/backed-up.ts';
import { postgresBin } from '../../test/support/postgres/server.ts';
import { shell } from './shell.ts';

const startIt = `printf "port = 5432\\nlisten_addresses = ''\\nunix_socket_directories = '$COPY'\\narchive_mode = off\\n" >> data/postgresql.auto.conf
"$BIN/pg_ctl" -D data -w -l log start > /dev/null
until [ "$("$BIN/psql" -h "$COPY" -U postgres -Atc 'select pg_get_wal_replay_pause_state()')" = paused ]; do sleep 0.05; done`;

/** pgBackRest with a goal, such as `--type=immediate`, into `$COPY/data`. */
export const pgBackRestTo = (goal: string): string =>
  `pgbackrest --config="$CONFIG" --stanza=main --pg1-path="$COPY/data" ${goal} --target-action=pause restore`;

/** `restore` fills `$COPY/data`; `$FILES` are those of the backup `id`. In milliseconds, without clearing up. */
export async function restoreByHand(bed: BackedUp, id: string, restore: string): Promise<number> {
  const copy = join(bed.folder, 'by-hand');
  const files = join(bed.repository, 'db', id, 'files');
  const variables = { COPY: copy, FILES: files, BIN: postgresBin(), CONFIG: join(bed.folder, 'pgbackrest.conf') };
  const names = Object.keys(variables).join(',');
  const asPostgres = (script: string): string => `cd /; su postgres -s /bin/sh -w ${names} <<'SCRIPT'\nset -e\n${script}\nSCRIPT`;
  await shell(`install -d -m 700 -o postgres "$COPY"; chmod -R o+rX "$FILES" "$FILES"/../..`, variables);
  const ms = await shell(asPostgres(`cd "$COPY"\n${restore}\n${startIt}`), variables);
  await shell(asPostgres(`"$BIN/pg_ctl" -D "$COPY/data" -m immediate stop > /dev/null`), variables);
  rmSync(copy, { recursive: true });
  return ms;
}
