/** One step of a shift at a proxy, set, read back and saved, next to the bare command. */
import { createHaproxy } from '../../adapters/haproxy/haproxy.ts';
import { ask } from '../../adapters/haproxy/runtime.ts';
import { startProxies } from '../../test/support/haproxy/proxy.ts';
import type { Measure } from '../measure.ts';
import { sideBySide, timed } from '../side-by-side.ts';

export const trafficStep: Measure = {
  id: 'traffic-step',
  title: 'A step of a traffic shift at one proxy → set, read back and saved',
  unit: 'ms',
  goal: 'at most 50 ms',
  meets: ({ median }) => median <= 50,
  async run(tidy) {
    const bed = await startProxies();
    tidy.defer(() => bed.stop());
    const [proxy] = bed.proxies;
    const haproxy = createHaproxy();
    const other = (round: number): number => (round % 2 === 0 ? 50 : 10);
    return sideBySide({
      rounds: 50,
      warmUp: 5,
      ours: (round) =>
        timed(async () => {
          await haproxy.set(proxy!, 'be', [
            { server: 'dr', weight: other(round), state: 'ready' },
            { server: 'prod', weight: 100 - other(round), state: 'ready' },
          ]);
          await haproxy.save(proxy!);
        }),
      against: {
        title: 'both weights in one line, nothing read back',
        run: (round) => timed(() => ask(proxy!, `set server be/dr weight ${other(round)}; set server be/prod weight 50`)),
      },
    });
  },
};
