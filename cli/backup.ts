/** `okiagari backup`: takes one, lists them, or tests one by a restore into scratch. */
import type { Command } from 'commander';
import type { BackupDocument } from '../contracts/backup.ts';
import { clientCommand } from './client/command.ts';
import { exitCodes } from './client/exit-codes.ts';

interface Options {
  readonly list?: boolean;
  readonly verify?: string;
  readonly kind: string;
  readonly reason?: string;
}

export const backupCommand = (): Command =>
  clientCommand<Options>('backup', 'take a backup of a target, list or verify its backups', async (context, options, target) => {
    const path = `/v1/targets/${encodeURIComponent(target)}/backups`;
    if (options.list) {
      const list = await context.client.get<{ items: BackupDocument[] }>(path);
      context.show(list, list.items.map(backupLine));
      return exitCodes.done;
    }
    const backup = options.verify
      ? await context.client.post<BackupDocument>(`/v1/backups/${encodeURIComponent(options.verify)}/verify`)
      : await context.client.post<BackupDocument>(path, {
          kind: options.kind,
          ...(options.reason === undefined ? {} : { reason: options.reason }),
        });
    context.show(backup, [backupLine(backup)]);
    return exitCodes.done;
  })
    .argument('<target>', 'an id of the inventory')
    .option('--list', 'list the backups instead')
    .option('--verify <backup>', 'test this backup by a restore into scratch instead')
    .option('--kind <kind>', 'full or manual', 'manual')
    .option('--reason <text>', 'why, for the record');

const backupLine = ({ id, status, files, bytes, failure }: BackupDocument): string =>
  `${id}  ${status.padEnd(9)} ${files} files, ${bytes} bytes${failure === undefined ? '' : `: ${failure}`}`;
