/** Opens a stage with everything that can be killed on it: a Temporal server, a worker, an API. */
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { Client, Connection } from '@temporalio/client';
import { freePort, startTemporalServer } from '../temporal-server.ts';
import { endingOf, tokenVariables, type CrashCase, type Lane, type Place, type Run, type Wreck } from './case.ts';
import { Conductor, type Score } from './conductor.ts';
import { storyFaults } from './judge.ts';
import { People } from './people.ts';
import { Victim } from './victim.ts';
import { workerOf } from './worker-program.ts';

const apiProgram = fileURLToPath(new URL('./victim-api.ts', import.meta.url));
const closedWithinMs = 60_000;

export async function openLane<S>(place: Place<S>): Promise<Lane<S>> {
  await using tidy = new AsyncDisposableStack();
  const server = await startTemporalServer();
  tidy.defer(() => server.stop());
  const connection = await Connection.connect({ address: server.address });
  tidy.defer(() => connection.close());
  let back = Promise.resolve();
  tidy.defer(() => back);
  const victims: { worker?: Victim; api?: Victim } = {};
  const conductor = new Conductor({
    worker: async () => victims.worker?.kill(),
    api: async () => victims.api?.kill(),
    /** Whoever waited at the point goes on before Temporal is back. */
    async temporal() {
      const killed = back.then(() => server.kill());
      back = killed.then(() => server.restart());
      await killed;
    },
  });
  const supervise = (program: string, args: readonly string[], env: NodeJS.ProcessEnv): Victim =>
    new Victim({
      program,
      args,
      env: { ...tokenVariables, TEMPORAL_ADDRESS: server.address, ...env },
      onPassage: (passage) => conductor.pass(passage),
    });
  const stage = await place.open(server, async ({ inventoryFile, data }) => {
    victims.worker = supervise(await workerOf(place.world), [], { OKIAGARI_INVENTORY: inventoryFile, OKIAGARI_DATA: data });
    await victims.worker.ready();
    return victims.worker;
  });
  tidy.defer(() => stage.stop());
  const port = await freePort();
  const { api } = Object.assign(victims, {
    api: supervise(apiProgram, [place.world.href], { ...stage.env, OKIAGARI_API_PORT: String(port) }),
  });
  tidy.defer(() => api.stop());
  await api.ready();
  const people = new People(`http://127.0.0.1:${port}`);
  let last: Wreck | undefined;
  tidy.defer(async () => void (await last?.stop?.()));

  async function run(what: CrashCase<S>, at: Score['at']): Promise<Run> {
    await last?.stop?.();
    last = undefined;
    last = await what.wreck(stage.stack);
    const { target, input, watch, faults } = last;
    const began = performance.now();
    const started = Promise.withResolvers<string>();
    let before = what.cancelAt === undefined ? 0 : Infinity;
    let cancelled: Promise<void> | undefined;
    const cancel = async (): Promise<void> => {
      before = conductor.passed.size;
      await people.cancel(await started.promise);
    };
    conductor.onDeath = () => watch?.();
    conductor.play({
      at,
      // Also the next attempt waits: should it go on, the recovery might end before it hears of the wish.
      meanwhile: (point) => (point === what.cancelAt ? (cancelled ??= cancel()) : undefined),
    });
    const { id, workflowId } = await people.start({ scenario: what.scenario, target, input });
    started.resolve(id);
    await people.bringToEnd(id, (gate) => conductor.pass({ scope: `gate ${gate}`, call: '', moment: 'open' }));
    await untilClosed(connection, workflowId);
    conductor.rest();
    await back;
    return {
      faults: [...(await faults()), ...storyFaults(await people.report(id), endingOf(what))],
      passed: [...conductor.passed].slice(before),
      struck: [...conductor.struck],
      tookMs: Math.round(performance.now() - began),
    };
  }

  const whole = tidy.move();
  return { run, kill: (victim) => conductor.kill(victim), close: () => whole.disposeAsync() };
}

/** What a recovery says of itself as it ends is not its last effect. */
async function untilClosed(connection: Connection, workflowId: string): Promise<void> {
  const handle = new Client({ connection }).workflow.getHandle(workflowId);
  const isRunning = async (): Promise<boolean> => {
    try {
      const { status } = await connection.withDeadline(Date.now() + 2_000, () => handle.describe());
      return status.name === 'RUNNING';
    } catch {
      return true; // Temporal is away
    }
  };
  const deadline = Date.now() + closedWithinMs;
  while (await isRunning()) {
    if (Date.now() > deadline) throw new Error(`${workflowId} has told its end and does not close.`);
    await delay(20);
  }
}
