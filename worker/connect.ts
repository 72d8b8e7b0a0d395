/** The worker's way to Temporal: waits with patience while it is not there yet, because all of us start at once. */
import { setTimeout as delay } from 'node:timers/promises';
import { loadClientConnectConfig } from '@temporalio/envconfig';
import { NativeConnection, type Logger } from '@temporalio/worker';

/** A dev server answers 0.8 s after its start: a longer pause would be seen. */
const pauseMs = 100;
const tellEveryMs = 15_000;

/** Address, namespace, TLS and keys come from the standard `TEMPORAL_*` variables and profiles. */
export async function connectToTemporal(logger: Logger): Promise<{ connection: NativeConnection; namespace: string }> {
  const { connectionOptions, namespace = 'default' } = loadClientConnectConfig();
  const since = Date.now();
  for (let toldAt = since; ; await delay(pauseMs)) {
    try {
      return { connection: await NativeConnection.connect(connectionOptions), namespace };
    } catch (error) {
      if (Date.now() - toldAt < tellEveryMs) continue;
      toldAt = Date.now();
      logger.warn(
        `Temporal at ${connectionOptions.address ?? '127.0.0.1:7233'} has not answered for ${Math.round((toldAt - since) / 1_000)} s`,
        {
          reason: (error as Error).message,
        },
      );
    }
  }
}
