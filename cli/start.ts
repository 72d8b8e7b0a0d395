/** `okiagari start`, behind `npm start`: everything on this machine, until Ctrl-C or SIGTERM. */
import { existsSync } from 'node:fs';
import { relative, resolve } from 'node:path';
import process from 'node:process';
import { childVariables, EnvironmentError, readEnvironment, type Environment } from '../config/environment.ts';
import { InventoryError, loadInventory } from '../config/inventory.ts';
import { makePlayground, type Playground } from './playground.ts';
import { BootError } from './supervisor/boot-error.ts';
import { claimFolder } from './supervisor/only-one.ts';
import { startStack } from './supervisor/stack.ts';
import { whatToTry } from './what-to-try.ts';

const parentLookMs = 500;

const say = (line: string): void => void process.stdout.write(`${line}\n`);

/** Runs until it is asked to stop. A fault that a person can mend is told in a sentence, with exit code 2. */
export async function start(): Promise<void> {
  try {
    await run();
  } catch (error) {
    if (!(error instanceof BootError || error instanceof EnvironmentError || error instanceof InventoryError)) throw error;
    process.stderr.write(`\n${error.message}\n`);
    process.exitCode = 2;
  }
}

async function run(): Promise<void> {
  const environment = readEnvironment();
  const release = claimFolder(resolve(environment.OKIAGARI_DATA));
  try {
    const { inventory, playground } = await findInventory(environment);
    loadInventory(inventory);
    const asked = untilAskedToStop();
    const stack = await startStack({ environment, inventory, variables: childVariables(), say, asked });
    if (stack === undefined) return;
    if (playground) introduce(playground, stack.api);
    const temporal = stack.temporalUi === undefined ? `temporal=${stack.temporalAddress}` : `temporal-ui=${stack.temporalUi}`;
    say(`okiagari ready api=${stack.api} ${temporal}`);
    await asked;
    say('stopping; running recoveries go on at the next start');
    await stack.stop();
  } finally {
    release();
  }
}

/** The declared one, else the playground's. */
async function findInventory(environment: Environment): Promise<{ inventory: string; playground?: Playground }> {
  const inventory = resolve(environment.OKIAGARI_INVENTORY);
  if (existsSync(inventory)) return { inventory };
  // Whoever names a file means that file: a playground instead of it would look like a service that protects nothing.
  if (childVariables()['OKIAGARI_INVENTORY']) {
    throw new BootError(`OKIAGARI_INVENTORY: there is no file ${inventory}.\nCorrect it, or leave it out to get a playground.`);
  }
  const playground = await makePlayground(resolve('playground'));
  return { inventory: playground.inventory, playground };
}

function introduce({ folder, made }: Playground, api: string): void {
  const here = relative(process.cwd(), folder);
  say(`No inventory at ./okiagari.yaml: working on the playground in ./${here}${made ? ', made just now' : ''}`);
  say('(12 tools, an audit log of 2,000 lines, a backup repository, four people). Try in a second terminal, in this folder:\n');
  for (const line of whatToTry(api, `./${here}`)) say(`  ${line}`);
  say('');
}

function untilAskedToStop(): Promise<void> {
  return new Promise((done) => {
    for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.once(signal, () => done());
    // An npm that is killed outright tells nobody; we would go on without a terminal and hold the ports.
    const parent = process.ppid;
    if (childVariables()['npm_lifecycle_event'] !== undefined) {
      setInterval(() => {
        if (process.ppid !== parent) done();
      }, parentLookMs).unref();
    }
  });
}
