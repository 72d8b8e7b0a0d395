/** A verification with people ends well whoever is killed whenever, and the store never notices. */
import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { startStoreStack } from '../support/store-stack.ts';
import type { CrashCase } from '../support/crash/case.ts';
import { sweep } from '../support/crash/sweep.ts';

const toolStoreCheck: CrashCase = {
  scenario: 'tool-store-check',
  world: new URL('../support/crash/worlds/product.ts', import.meta.url),
  ends: 'recovered',
  async open(server, runWorker) {
    const stack = await startStoreStack(server, runWorker);
    // The API reads the inventory as it starts, and there is none before the first store.
    await stack.store();
    return {
      env: { OKIAGARI_INVENTORY: stack.inventoryFile, OKIAGARI_DATA: stack.data },
      stop: () => stack.stop(),
      async wreck() {
        const store = await stack.store({
          settings: ({ tools }) =>
            `agent: none\nlimits: { diskPercent: 100, memoryPercent: 100, toolMs: 60000 }\ncriticalTools: [{ name: ${tools[0]!.name} }]`,
        });
        await store.verifiedBackup();
        const whole = store.fingerprint();
        return {
          target: store.id,
          input: {},
          watch: () => undefined,
          faults() {
            const now = store.fingerprint();
            const differing = [...new Set([...Object.keys(now), ...Object.keys(whole)])].filter(
              (path) => now[path] !== whole[path],
            );
            const scratch = join(stack.data, 'scratch', store.id);
            const left = existsSync(scratch) ? readdirSync(scratch) : [];
            // A killed attempt cannot tidy up; each is removed by the first that comes an hour later.
            const strange = left.filter((name) => !name.startsWith('checklist-'));
            return [
              ...differing.map((path) => `${path} is ${now[path] ?? 'missing'}`),
              ...strange.map((name) => `scratch holds ${name}`),
            ];
          },
        };
      },
    };
  },
};

sweep('tool-store-check', toolStoreCheck);
