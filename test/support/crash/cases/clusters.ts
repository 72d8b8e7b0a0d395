/** What the crash cases of all PostgreSQL scenarios have in common: a real cluster for each run, and questions to its servers at the end. */
import type { TestServer } from '../../postgres/server.ts';
import type { StoreStack } from '../../store-stack.ts';
import type { CrashCase, Wreck } from '../case.ts';
import { storesPlace } from '../places.ts';

type Story = Pick<CrashCase<StoreStack>, 'scenario' | 'cancelAt' | 'only'>;

/** `start` makes a cluster, `wreck` damages it. Cancelled at `cancelAt`, everything must be as it was. */
export const clustersCase = <C extends { stop(): Promise<void> }>(
  story: Story,
  start: () => Promise<C>,
  wreck: (stack: StoreStack, cluster: C) => Promise<Omit<Wreck, 'stop'>>,
): CrashCase<StoreStack> => ({
  ...story,
  place: storesPlace,
  async wreck(stack) {
    const cluster = await start();
    try {
      return { ...(await wreck(stack, cluster)), stop: () => cluster.stop() };
    } catch (error) {
      await cluster.stop();
      throw error;
    }
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
