/** `okiagari doctor`: whether this machine could run a recovery now, and what to do where it could not. */
import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import process from 'node:process';
import { Command } from 'commander';
import { EnvironmentError, readEnvironment, resolveSecret, type Environment } from '../config/environment.ts';
import { InventoryError, loadInventory } from '../config/inventory.ts';
import { findTemporal } from '../scripts/temporal-cli.mjs';
import { exitCodes } from './client/exit-codes.ts';

interface Finding {
  readonly check: string;
  readonly ok: boolean;
  readonly sentence: string;
}

export const doctorCommand = (): Command =>
  new Command('doctor')
    .description('check settings, inventory, secrets, Temporal and API')
    .option('--json', 'print JSON')
    .action(async ({ json }: { json?: boolean }) => {
      const findings = await examine();
      const text = json
        ? JSON.stringify({ findings })
        : findings.map(({ ok, check, sentence }) => `${ok ? 'ok  ' : 'FAIL'} ${check.padEnd(11)} ${sentence}`).join('\n');
      process.stdout.write(`${text}\n`);
      process.exitCode = findings.every(({ ok }) => ok) ? exitCodes.done : exitCodes.notRecovered;
    });

async function examine(): Promise<Finding[]> {
  const environment = settings();
  if ('ok' in environment) return [environment];
  return [
    { check: 'settings', ok: true, sentence: 'every variable is well formed' },
    ...inventory(environment),
    temporal(environment),
    await api(environment),
  ];
}

function settings(): Environment | Finding {
  try {
    return readEnvironment();
  } catch (error) {
    if (!(error instanceof EnvironmentError)) throw error;
    return { check: 'settings', ok: false, sentence: error.message };
  }
}

function inventory(environment: Environment): Finding[] {
  const declared = resolve(environment.OKIAGARI_INVENTORY);
  const file = [declared, resolve('playground/okiagari.yaml')].find((path) => existsSync(path));
  if (file === undefined) {
    return [{ check: 'inventory', ok: false, sentence: `there is no ${declared}; write one after examples/, or run: npm start` }];
  }
  try {
    const { people, targets } = loadInventory(file);
    const silent = people.filter(({ token }) => resolveSecret(token) === undefined).map(({ id }) => id);
    return [
      { check: 'inventory', ok: true, sentence: `${file}: ${targets.length} target(s), ${people.length} people` },
      silent.length === 0
        ? { check: 'tokens', ok: true, sentence: 'everyone has one' }
        : { check: 'tokens', ok: false, sentence: `the token that the inventory names is not there for ${silent.join(', ')}` },
    ];
  } catch (error) {
    if (!(error instanceof InventoryError)) throw error;
    return [{ check: 'inventory', ok: false, sentence: error.message }];
  }
}

function temporal({ TEMPORAL_ADDRESS: address }: Environment): Finding {
  if (address !== undefined) return { check: 'temporal', ok: true, sentence: `at ${address} (TEMPORAL_ADDRESS)` };
  const path = findTemporal();
  return path === undefined
    ? { check: 'temporal', ok: false, sentence: 'no server on this machine yet; run: node scripts/setup.mjs start' }
    : { check: 'temporal', ok: true, sentence: path };
}

async function api({ OKIAGARI_API_HOST: host, OKIAGARI_API_PORT: port }: Environment): Promise<Finding> {
  const address = `http://${host}:${port}`;
  try {
    const answer = await fetch(`${address}/readyz`, { signal: AbortSignal.timeout(3_000) });
    return answer.ok
      ? { check: 'api', ok: true, sentence: `${address} is ready` }
      : { check: 'api', ok: false, sentence: `${address}/readyz answers ${answer.status}: Temporal or the worker is away` };
  } catch {
    return { check: 'api', ok: false, sentence: `${address} does not answer; run: npm start` };
  }
}
