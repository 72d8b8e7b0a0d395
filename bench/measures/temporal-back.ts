/** Temporal is killed and comes back after some seconds: from its open port to the first answer of the API. */
import { connect } from 'node:net';
import { performance } from 'node:perf_hooks';
import { setTimeout as delay } from 'node:timers/promises';
import { Connection } from '@temporalio/client';
import { startTemporalServer } from '../../test/support/temporal-server.ts';
import type { Measure } from '../measure.ts';
import { startProduct, token } from '../support/product.ts';

/** The longer it was away, the longer a client waits between two attempts to connect. */
const outagesMs = [2_000, 4_000, 8_000, 12_000];

export const temporalBack: Measure = {
  id: 'temporal-back',
  title: 'Temporal is back after 2 to 12 s → the API shows a recovery',
  unit: 'ms',
  goal: 'never more than 2,000 ms',
  meets: ({ p99 }) => p99 <= 2_000,
  async run(tidy) {
    const server = await startTemporalServer();
    tidy.defer(() => server.stop());
    // The agent is not declared: a recovery waits for somebody who stops it.
    const target = { id: 'tools', kind: 'tool-store', root: './project', repositories: ['local'] };
    const { api, call, until } = await startProduct(tidy, { targets: [target], temporalAddress: server.address });
    // Its own retries would only go on after each question's deadline.
    const connection = await Connection.connect({ address: server.address, interceptors: [] });
    tidy.defer(() => connection.close());
    const request = { scenario: 'tool-store-loss', target: 'tools', reason: 'bench' };
    const { id } = await call<{ id: string }>('POST', '/v1/recoveries', request);
    await until<{ status: string }>(`/v1/recoveries/${id}`, ({ status }) => status === 'waiting');

    const askApi = async (): Promise<void> => {
      const answer = await fetch(`${api}/v1/recoveries/${id}`, { headers: { authorization: `Bearer ${token}` } });
      await answer.arrayBuffer();
      if (answer.status !== 200) throw new Error(`${answer.status}`);
    };
    const askTemporal = () => connection.withDeadline(Date.now() + 1_300, () => connection.workflowService.getSystemInfo({}));

    const ours: number[] = [];
    const others: number[] = [];
    for (const outage of outagesMs) {
      await server.kill();
      // Both are asked all the time, as people would, in the very same outage.
      const [mine, other] = [firstAnswer(askApi), firstAnswer(askTemporal)];
      await delay(outage);
      await server.restart({ wait: false });
      const opened = await portOpens(server.address);
      ours.push((await mine) - opened);
      others.push((await other) - opened);
    }
    return { ours, against: { title: "a client with the SDK's own reconnecting", samples: others } };
  },
};

/** Asks every 100 ms, whatever became of the questions before; answers when one of them succeeded. */
async function firstAnswer(ask: () => Promise<unknown>): Promise<number> {
  const found = Promise.withResolvers<number>();
  const refused = (): void => {};
  const asking = setInterval(() => void ask().then(() => found.resolve(performance.now()), refused), 100);
  return found.promise.finally(() => clearInterval(asking));
}

async function portOpens(address: string): Promise<number> {
  const [host, port] = address.split(':') as [string, string];
  const isOpen = (): Promise<boolean> =>
    new Promise((resolve) => {
      const socket = connect(Number(port), host);
      const end = (open: boolean): void => {
        socket.destroy();
        resolve(open);
      };
      socket.once('connect', () => end(true));
      socket.once('error', () => end(false));
    });
  while (!(await isOpen())) await delay(10);
  return performance.now();
}
