/** `okiagari recover`: starts a recovery, and follows it with `--watch`. */
import type { Command } from 'commander';
import type { StartedDocument } from '../contracts/http/recovery.ts';
import { clientCommand } from './client/command.ts';
import { exitCodes } from './client/exit-codes.ts';
import { follow } from './client/follow.ts';
import { ClientError } from './client/http.ts';

interface Options {
  readonly reason: string;
  readonly input?: string;
  readonly dryRun?: boolean;
  readonly brokenSince?: string;
  readonly detectedAt?: string;
  readonly acknowledgeCoolDown?: boolean;
  readonly watch?: boolean;
}

export const recoverCommand = (): Command =>
  clientCommand<Options>('recover', 'start a recovery', async (context, options, scenario, target) => {
    const started = await context.client.post<StartedDocument>('/v1/recoveries', {
      scenario,
      target,
      reason: options.reason,
      mode: options.dryRun ? 'dry-run' : 'run',
      ...(options.input === undefined ? {} : { input: parseInput(options.input) }),
      ...(options.brokenSince === undefined ? {} : { brokenSince: options.brokenSince }),
      ...(options.detectedAt === undefined ? {} : { detectedAt: options.detectedAt }),
      ...(options.acknowledgeCoolDown && { acknowledgeCoolDown: true }),
    });
    context.show(started, [`started ${started.id}`]);
    return options.watch ? follow(context, started.id) : exitCodes.done;
  })
    .argument('<scenario>', 'an id of GET /v1/scenarios')
    .argument('<target>', 'an id of the inventory')
    .requiredOption('--reason <text>', 'why, for the record')
    .option('--input <json>', 'input of the scenario')
    .option('--dry-run', 'plan only, change nothing')
    .option('--broken-since <instant>', 'ISO 8601 with an offset')
    .option('--detected-at <instant>', 'ISO 8601 with an offset')
    .option('--acknowledge-cool-down', 'run it although the same scenario ran there a moment ago')
    .option('--watch', 'show the ledger live, to the end');

function parseInput(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    throw new ClientError(`--input is not JSON: ${(error as Error).message}`, exitCodes.usage);
  }
}
