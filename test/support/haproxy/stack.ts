/** Real proxies as targets under a real worker on a real Temporal server. */
import type { RecoveryStart } from '../../../domain/messages.ts';
import { startStoreStack, type RunWorker, type StoreStack } from '../store-stack.ts';
import type { TemporalServer } from '../temporal-server.ts';
import { startProxies, type TestProxies } from './proxy.ts';

export interface TrafficBed extends TestProxies {
  readonly id: string;
  /** `traffic-shift` to the side dr, unless told otherwise. */
  shift(start?: Partial<RecoveryStart>): Promise<string>;
  /** What each proxy has. */
  splits(): Promise<string[]>;
  /** `ddos-mitigation`. */
  mitigate(start?: Partial<RecoveryStart>): Promise<string>;
}

export interface TrafficStack extends StoreStack {
  /** Starts proxies and declares them with these fields beside. */
  traffic(options?: {
    readonly proxies?: number;
    readonly fields?: Readonly<Record<string, unknown>>;
    /** Where their state files are declared, in place of where they read them. */
    readonly stateFolder?: string;
    readonly protection?: boolean | 'bare';
    /** Fields of the protection beside those that are declared. */
    readonly guard?: Readonly<Record<string, unknown>>;
  }): Promise<TrafficBed>;
}

export async function startTrafficStack(server: TemporalServer, runWorker?: RunWorker): Promise<TrafficStack> {
  const stack = await startStoreStack(server, runWorker);
  const beds: TestProxies[] = [];
  return {
    ...stack,
    async traffic({ proxies = 1, fields = {}, stateFolder, protection = false, guard = {} } = {}) {
      const started = await startProxies({ proxies, protection });
      beds.push(started);
      const elsewhere = stateFolder !== undefined && {
        proxies: started.proxies.map(({ id, socket }) => ({ id, socket, stateFile: `${stateFolder}/state` })),
      };
      const declared = started.declared['protection'];
      const guarded = declared !== undefined && { protection: { ...declared, ...guard } };
      const lines = Object.entries({
        kind: 'traffic',
        dwell: '400ms',
        ...started.declared,
        ...guarded,
        ...elsewhere,
        ...fields,
      }).map(([name, value]) => `${name}: ${JSON.stringify(value)}`);
      const target = stack.declare(`edge-${beds.length}`, lines.join('\n'));
      return {
        ...started,
        id: target.id,
        shift: (start = {}) => target.recover({ scenario: 'traffic-shift', input: { side: 'dr' }, ...start }),
        mitigate: (start = {}) => target.recover({ scenario: 'ddos-mitigation', ...start }),
        splits: () => Promise.all(started.proxies.map((proxy) => proxy.split())),
      };
    },
    async stop() {
      await stack.stop();
      await Promise.all(beds.map((bed) => bed.stop()));
    },
  };
}
