/** A weighted name as a crash case: what happened is read from both of its servers. */
import { alone, drAddress } from '../../powerdns/names.ts';
import { startNamesStack, type NamesStack } from '../../powerdns/stack.ts';
import type { CrashCase } from '../case.ts';
import { productPlace } from '../places.ts';

const place = productPlace(startNamesStack, (stack) => stack.store());

export const weightedNameCase = (): CrashCase<NamesStack> => ({
  ...{ scenario: 'traffic-shift', place },
  async wreck(stack) {
    const bed = await stack.names({ secondary: true, fields: { dwell: '200ms' } });
    return {
      target: bed.id,
      input: { side: 'dr' },
      stop: () => bed.stop(),
      async faults() {
        const found = await Promise.all(bed.servers.map(async (one) => [one.id, (await one.contents()).join()] as const));
        return found.flatMap(([at, content]) => (content === `1 ${alone(drAddress)}` ? [] : [`${at} has ${content}`]));
      },
    };
  },
});
