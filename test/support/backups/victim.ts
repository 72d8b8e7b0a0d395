/** A worker's process reduced to one activity on the backups of a target: there to be killed. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync, writeFileSync } from 'node:fs';
import { flushCompileCache } from 'node:module';
import process from 'node:process';
import { fileURLToPath } from 'node:url';
import { createActivities } from '../../../activities/index.ts';
import { createPorts } from '../../../adapters/ports.ts';
import type { ReadSecret } from '../../../adapters/secrets.ts';
import type { Inventory } from '../../../contracts/inventory.ts';

/** What a process of its own needs to know. */
export interface WorkOrder {
  readonly inventory: Inventory;
  readonly data: string;
  /** By the names of the inventory. */
  readonly secrets: Readonly<Record<string, string>>;
}

interface VictimOrder extends WorkOrder {
  readonly activity: string;
  readonly input: object;
}

export const secretsOf =
  ({ secrets }: Pick<WorkOrder, 'secrets'>): ReadSecret =>
  (ref) =>
    'env' in ref ? secrets[ref.env] : undefined;

/** Runs it in a process that is killed as soon as the condition holds; answers whether it came to that before it was done. */
export async function killWhen(file: string, order: VictimOrder, condition: () => boolean): Promise<boolean> {
  writeFileSync(file, JSON.stringify(order), { mode: 0o600 });
  const victim = spawn(process.execPath, [ownFile, file], {
    env: { ...process.env, NODE_COMPILE_CACHE: compiled },
    stdio: ['ignore', 'ignore', 'inherit'],
  });
  const gone = once(victim, 'exit');
  while (victim.exitCode === null && victim.signalCode === null && !condition()) {
    await new Promise((resolve) => setTimeout(resolve, 2));
  }
  victim.kill('SIGKILL');
  await gone;
  return victim.signalCode === 'SIGKILL';
}

const compiled = fileURLToPath(new URL('../../../node_modules/.cache/okiagari/compiled', import.meta.url));
const ownFile = fileURLToPath(import.meta.url);
if (process.argv[1] === ownFile) {
  // Who is killed keeps nothing that it compiled later: the next one comes up sooner.
  flushCompileCache();
  const order = JSON.parse(readFileSync(process.argv[2]!, 'utf8')) as VictimOrder;
  const { inventory, data, activity, input } = order;
  const activities = createActivities(createPorts({ inventory: () => inventory, data, secret: secretsOf(order) }));
  await (activities as unknown as Record<string, (input: object) => Promise<unknown>>)[activity]!(input);
}
