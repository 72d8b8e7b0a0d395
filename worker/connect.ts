/** The worker's way to Temporal: waits with patience while it is not there yet, because all of us start at once. */
import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import { loadClientConnectConfig } from '@temporalio/envconfig';
import { NativeConnection, type Logger } from '@temporalio/worker';

/** A dev server listens 0.2 s after its start: a longer pause would be seen. */
const pauseMs = 100;
const knockLimitMs = 2_000;
const tellEveryMs = 15_000;
/** Whoever listens but cannot be spoken to: a wrong key, a proxy, a server that still opens its database. */
const refusalsLimit = 60;

/** Address, namespace, TLS and keys come from the standard `TEMPORAL_*` variables and profiles. */
export async function connectToTemporal(logger: Logger): Promise<{ connection: NativeConnection; namespace: string }> {
  const { connectionOptions, namespace = 'default' } = loadClientConnectConfig();
  const address = connectionOptions.address ?? '127.0.0.1:7233';
  await untilListening(address, logger);
  for (let refusals = 1; ; refusals++) {
    try {
      return { connection: await NativeConnection.connect(connectionOptions), namespace };
    } catch (error) {
      if (refusals === refusalsLimit) throw error;
      if (refusals % 10 === 0) logger.warn(`Temporal at ${address} listens but refuses us`, { reason: (error as Error).message });
      await delay(pauseMs * Math.min(refusals, 10));
    }
  }
}

/**
 * Knocks with a plain socket: every `NativeConnection.connect` that fails leaves files open, a few thousand of them
 * are the end of the process.
 */
export async function untilListening(address: string, logger: Logger): Promise<void> {
  const since = Date.now();
  for (let toldAt = since; ; await delay(pauseMs)) {
    const reason = await knock(address);
    if (reason === undefined) return;
    if (Date.now() - toldAt < tellEveryMs) continue;
    toldAt = Date.now();
    logger.warn(`Temporal at ${address} has not answered for ${Math.round((toldAt - since) / 1_000)} s`, { reason });
  }
}

/** Undefined when somebody listens, else why not. */
async function knock(address: string): Promise<string | undefined> {
  const { hostname, port } = new URL(address.includes('://') ? address : `tcp://${address}`);
  let socket: Socket | undefined;
  try {
    socket = connect({ host: hostname.replaceAll(/^\[|\]$/g, ''), port: Number(port || 7233), timeout: knockLimitMs });
    socket.once('timeout', () => socket?.destroy(new Error('it does not answer')));
    await once(socket, 'connect');
    return undefined;
  } catch (error) {
    return (error as Error).message;
  } finally {
    socket?.destroy();
  }
}
