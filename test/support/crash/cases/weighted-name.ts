/** A weighted name as a crash case: what happened is read from both of its servers. */
import { alone, drAddress } from '../../powerdns/names.ts';
import { startNamesStack } from '../../powerdns/stack.ts';
import type { CrashCase } from '../case.ts';

export const weightedNameCase = (): CrashCase => ({
  scenario: 'traffic-shift',
  world: new URL('../worlds/product.ts', import.meta.url),
  ends: 'recovered',
  async open(server, runWorker) {
    const stack = await startNamesStack(server, runWorker);
    const start = () => stack.names({ secondary: true, fields: { dwell: '200ms' } });
    // The API reads the inventory as it starts, and there is none before the first name.
    let last = await start();
    return {
      env: { OKIAGARI_INVENTORY: stack.inventoryFile, OKIAGARI_DATA: stack.data },
      stop: () => stack.stop(),
      async wreck() {
        await last.stop();
        last = await start();
        const { id, servers } = last;
        return {
          target: id,
          input: { side: 'dr' },
          watch: () => undefined,
          async faults() {
            const found = await Promise.all(servers.map(async (one) => [one.id, (await one.contents()).join()] as const));
            return found.flatMap(([at, content]) => (content === `1 ${alone(drAddress)}` ? [] : [`${at} has ${content}`]));
          },
        };
      },
    };
  },
});
