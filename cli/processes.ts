/** `okiagari start`, `worker` and `api`: our own processes. Loaded only when asked for, because they bring the Temporal SDK along. */
import { Command } from 'commander';

export const startCommand = (): Command =>
  new Command('start')
    .description('run Temporal, worker and API on this machine; without an inventory, on a playground')
    .action(async () => {
      const { start } = await import('./start.ts');
      await start();
    });

export const workerCommand = (): Command =>
  new Command('worker').description('run one worker; it serves the site OKIAGARI_SITE').action(async () => {
    await import('../worker/main.ts');
  });

export const apiCommand = (): Command =>
  new Command('api').description('run the HTTP API').action(async () => {
    await import('../api/main.ts');
  });
