/** The server goes in bounded time, and what it has begun it ends. */
import { once } from 'node:events';
import { connect, type AddressInfo } from 'node:net';
import { expect, test } from 'vitest';
import { startTestApi, tokenOf } from '../support/api.ts';
import { eventually } from '../support/eventually.ts';

async function listening() {
  const api = await startTestApi();
  await api.app.listen({ host: '127.0.0.1', port: 0 });
  return { api, port: (api.app.server.address() as AddressInfo).port };
}

test('a connection that was opened in reserve and asks for nothing is not waited for', async () => {
  const { api, port } = await listening();
  const reserve = connect(port, '127.0.0.1');
  await once(reserve, 'connect');
  const gone = once(reserve, 'close');
  const began = Date.now();
  await api.close();
  await gone;
  expect(Date.now() - began).toBeLessThan(1_500);
});

test('a request that runs is answered before the server goes', async () => {
  const { api, port } = await listening();
  let answer: (value: unknown) => void = () => {};
  const asked = new Promise<void>((heard) => {
    api.gateway.asked.set('diagnoseToolStore', () => {
      heard();
      return new Promise((resolve) => (answer = resolve));
    });
  });
  const running = fetch(`http://127.0.0.1:${port}/v1/targets/tools/diagnosis`, {
    headers: { authorization: `Bearer ${tokenOf('vera')}` },
  });
  await asked;
  const closing = api.close();
  await eventually(() => api.app.server.listening).toBe(false);
  answer({ target: 'tools', at: '2026-11-22T00:00:00Z', symptoms: [], suggests: [] });
  expect((await running).status).toBe(200);
  await closing;
});
