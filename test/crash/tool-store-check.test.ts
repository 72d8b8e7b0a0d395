/** A verification with people ends well whoever is killed whenever, and the store never notices. */
import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import type { Wreck } from '../support/crash/case.ts';
import { storesCase } from '../support/crash/cases/stores.ts';
import { sweep } from '../support/crash/sweep.ts';
import type { StoreStack } from '../support/store-stack.ts';

async function healthyStore(stack: StoreStack): Promise<Wreck> {
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
      const differing = [...new Set([...Object.keys(now), ...Object.keys(whole)])].filter((path) => now[path] !== whole[path]);
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
}

sweep('tool-store-check', storesCase('tool-store-check', healthyStore));
