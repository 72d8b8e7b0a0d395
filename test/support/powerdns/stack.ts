/** A weighted name as a target under a real worker on a real Temporal server. */
import type { RecoveryStart } from '../../../domain/messages.ts';
import { startStoreStack, type RunWorker, type StoreStack } from '../store-stack.ts';
import type { TemporalServer } from '../temporal-server.ts';
import { startWeightedNames, type WeightedNames } from './names.ts';

export interface NamesBed extends WeightedNames {
  readonly id: string;
  /** `traffic-shift` to the side dr, unless told otherwise. */
  shift(start?: Partial<RecoveryStart>): Promise<string>;
  /** What stands at the primary. */
  content(): Promise<string>;
}

export interface NamesStack extends StoreStack {
  /** Starts servers and declares their name, with these fields beside. */
  names(options?: {
    readonly secondary?: boolean;
    readonly ttl?: number;
    readonly fields?: Readonly<Record<string, unknown>>;
  }): Promise<NamesBed>;
}

/** `runWorker` as startStoreStack takes it. */
export async function startNamesStack(server: TemporalServer, runWorker?: RunWorker): Promise<NamesStack> {
  const stack = await startStoreStack(server, runWorker);
  const beds: WeightedNames[] = [];
  return {
    ...stack,
    async names({ fields = {}, ...options } = {}) {
      const started = await startWeightedNames(options);
      beds.push(started);
      const lines = Object.entries({ kind: 'traffic', dwell: '400ms', ...started.declared, ...fields }).map(
        ([field, value]) => `${field}: ${JSON.stringify(value)}`,
      );
      const target = stack.declare(`names-${beds.length}`, lines.join('\n'));
      return {
        ...started,
        id: target.id,
        shift: (start = {}) => target.recover({ scenario: 'traffic-shift', input: { side: 'dr' }, ...start }),
        content: async () => (await started.servers[0].contents()).join(),
      };
    },
    async stop() {
      await stack.stop();
      await Promise.all(beds.map((bed) => bed.stop()));
    },
  };
}
