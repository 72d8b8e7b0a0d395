/** The API as a process: reads environment and inventory, listens, and on SIGTERM ends its streams and goes. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import process from 'node:process';
import pino from 'pino';
import { createDirectoryRecords } from '../adapters/files/directory-records.ts';
import { EnvironmentError, readEnvironment, type Environment } from '../config/environment.ts';
import { InventoryError } from '../config/inventory.ts';
import { watchInventory } from '../config/inventory-source.ts';
import { kinds } from '../contracts/kinds.ts';
import { startableScenarios } from '../contracts/scenarios.ts';
import { startScheduleKeeper } from './schedules/keep.ts';
import { createServer } from './server.ts';
import { createTemporalGateway } from './temporal-gateway.ts';

export interface RunningApi {
  /** `http://host:port`. */
  readonly address: string;
  /** Ends streams, lets running requests end, lets go of Temporal. Twice is fine. */
  close(): Promise<void>;
}

/** Listening when it resolves, whether Temporal is there or not. Throws InventoryError for a wrong inventory. */
export async function startApi(environment: Environment): Promise<RunningApi> {
  const log = pino({ level: environment.OKIAGARI_LOG_LEVEL });
  let keepSchedules = (): void => {};
  const source = watchInventory(environment.OKIAGARI_INVENTORY, {
    onReload: () => {
      log.info('the inventory was reloaded');
      keepSchedules();
    },
    onRefused: ({ faults }) => log.error({ faults }, 'the changed inventory is refused; the old one stays'),
  });
  const gateway = createTemporalGateway();
  const inventory = () => source.current();
  const records = createDirectoryRecords(join(environment.OKIAGARI_DATA, 'records'));
  const app = await createServer({
    gateway,
    inventory,
    records,
    environment,
    scenarios: startableScenarios,
    kinds,
    log,
    version: ownVersion(),
  });
  const address = await app.listen({ host: environment.OKIAGARI_API_HOST, port: environment.OKIAGARI_API_PORT });
  log.info({ address }, 'the API listens');
  const keeper = startScheduleKeeper(
    { gateway, inventory, kinds, records },
    {
      onKept: (kept) => log.info(kept, 'the schedules follow the inventory'),
      onFailure: (error) => log.warn({ err: error }, 'the schedules could not be looked at; trying again'),
    },
  );
  keepSchedules = () => keeper.wake();
  const close = async (): Promise<void> => {
    // In this order: a request that still runs needs Temporal to its end.
    await app.close();
    await keeper.stop();
    source.close();
    await gateway.close();
  };
  let closed: Promise<void> | undefined;
  return { address, close: () => (closed ??= close()) };
}

function ownVersion(): string {
  const { version } = JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8')) as { version: string };
  return version;
}

async function main(): Promise<void> {
  let api: RunningApi;
  try {
    api = await startApi(readEnvironment());
  } catch (error) {
    const message = readable(error);
    if (message === undefined) throw error;
    process.stderr.write(`${message}\n`);
    process.exitCode = 1;
    return;
  }
  for (const signal of ['SIGTERM', 'SIGINT'] as const) process.once(signal, () => void api.close());
}

/** What a person can mend, in a line of its own; undefined for a fault of ours. */
function readable(error: unknown): string | undefined {
  if (error instanceof InventoryError || error instanceof EnvironmentError) return error.message;
  const { code, message } = error as NodeJS.ErrnoException;
  if (code === 'EADDRINUSE' || code === 'EACCES' || code === 'EADDRNOTAVAIL') {
    return `OKIAGARI_API_HOST, OKIAGARI_API_PORT: cannot listen (${message})`;
  }
  return message?.startsWith('OKIAGARI_') ? message : undefined;
}

if (import.meta.main) await main();
