/** What the crash cases of all PostgreSQL scenarios have in common: a real cluster for each run, and questions to its servers at the end. */
import type { TestServer } from '../../postgres/server.ts';
import { startStoreStack, type StoreStack } from '../../store-stack.ts';
import type { CrashCase, Stage, Wreck } from '../case.ts';

type Story = Pick<CrashCase, 'scenario' | 'cancelAt' | 'only'>;

/** `start` makes a cluster, `wreck` damages it. Cancelled at `cancelAt`, everything must be as it was. */
export const clustersCase = <C extends { stop(): Promise<void> }>(
  story: Story,
  start: () => Promise<C>,
  wreck: (stack: StoreStack, cluster: C) => Promise<Wreck>,
): CrashCase => ({
  ...story,
  world: new URL('../worlds/product.ts', import.meta.url),
  ends: story.cancelAt === undefined ? 'recovered' : 'rolled-back',
  async open(server, runWorker): Promise<Stage> {
    const stack = await startStoreStack(server, runWorker);
    // The API reads the inventory as it starts, and there is none before the first target.
    await stack.store();
    let cluster: C | undefined;
    return {
      env: { OKIAGARI_INVENTORY: stack.inventoryFile, OKIAGARI_DATA: stack.data },
      async wreck() {
        await cluster?.stop();
        cluster = await start();
        return wreck(stack, cluster);
      },
      async stop() {
        await cluster?.stop();
        await stack.stop();
      },
    };
  },
});

/** Which server answers a question with another row. */
export async function otherAnswers(wanted: readonly (readonly [TestServer, string, object])[]): Promise<string[]> {
  const faults = await Promise.all(
    wanted.map(async ([server, question, answer]) => {
      const [found] = await server.sql(question).catch((error: unknown) => [{ said: String(error) }]);
      const isSo = JSON.stringify(found) === JSON.stringify(answer);
      return isSo ? [] : [`${server.id} says ${JSON.stringify(found)}, not ${JSON.stringify(answer)}`];
    }),
  );
  return faults.flat();
}
