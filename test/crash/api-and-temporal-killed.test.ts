/** The API is killed while a decision is in flight, Temporal in the middle of a recovery: both end well, and nobody is asked twice. */
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { rmSync, truncateSync } from 'node:fs';
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { startStoreStack, type Store, type StoreStack } from '../support/store-stack.ts';
import { freePort, startTemporalServer, type TemporalServer } from '../support/temporal-server.ts';

let server: TemporalServer;
let stack: StoreStack;
let api: ChildProcess;
let base: string;

const tokens = { TOKEN_HANA: 'token-of-hana', TOKEN_REN: 'token-of-ren', TOKEN_SORA: 'token-of-sora' };
let port: number;

async function startApi(): Promise<void> {
  const program = fileURLToPath(new URL('../../api/main.ts', import.meta.url));
  api = spawn(process.execPath, [program], {
    env: {
      ...process.env,
      ...tokens,
      OKIAGARI_API_PORT: String(port),
      OKIAGARI_DATA: stack.data,
      OKIAGARI_INVENTORY: stack.inventoryFile,
      OKIAGARI_LOG_LEVEL: 'error',
      TEMPORAL_ADDRESS: server.address,
    },
    stdio: ['pipe', 'ignore', 'inherit'],
  });
  while (!(await fetch(`${base}/healthz`).catch(() => undefined))?.ok) await delay(25);
}

async function killApi(): Promise<void> {
  const gone = once(api, 'exit');
  api.kill('SIGKILL');
  await gone;
}

interface Answer {
  readonly status: number;
  readonly body: Record<string, unknown>;
}

async function post(path: string, person: keyof typeof tokens, body: unknown, key?: string): Promise<Answer> {
  const response = await fetch(`${base}${path}`, {
    method: 'POST',
    headers: {
      authorization: `Bearer ${tokens[person]}`,
      'content-type': 'application/json',
      ...(key && { 'idempotency-key': key }),
    },
    body: JSON.stringify(body),
  });
  return { status: response.status, body: (await response.json()) as Record<string, unknown> };
}

async function damagedStore(): Promise<{ store: Store; whole: ReturnType<Store['fingerprint']> }> {
  const store = await stack.store();
  await store.verifiedBackup();
  const whole = store.fingerprint();
  rmSync(store.tool(0));
  truncateSync(store.tool(1), 25);
  return { store, whole };
}

beforeAll(async () => {
  server = await startTemporalServer();
  stack = await startStoreStack(server);
  await stack.store();
  port = await freePort();
  base = `http://127.0.0.1:${port}`;
  await startApi();
});
afterAll(async () => {
  await killApi();
  await stack.stop();
  await server.stop();
});

describe('the API is killed', () => {
  test('while a start and a decision are in flight: repeated with the same key, each has its effect once', async () => {
    const { store, whole } = await damagedStore();
    await expect
      .poll(
        async () =>
          await fetch(`${base}/v1/targets`, { headers: { authorization: `Bearer ${tokens.TOKEN_HANA}` } }).then((r) => r.text()),
      )
      .toContain(store.id);
    const start = { scenario: 'tool-store-loss', target: store.id, reason: 'sweep' };
    const lost = post('/v1/recoveries', 'TOKEN_HANA', start, 'start-once').catch(() => undefined);
    await killApi();
    await lost;
    await startApi();
    const started = await post('/v1/recoveries', 'TOKEN_HANA', start, 'start-once');
    expect(started.status).toBe(202);
    const id = started.body['id'] as string;
    const workflowId = started.body['workflowId'] as string;
    const gate = await stack.gate(workflowId, 'restore');
    const decision = { gate: gate.gate, digest: gate.digest, decision: 'approve', reason: 'fine' };
    const cut = post(`/v1/recoveries/${id}/decisions`, 'TOKEN_REN', decision, 'decide-once').catch(() => undefined);
    await killApi();
    await cut;
    await startApi();
    const answered = await post(`/v1/recoveries/${id}/decisions`, 'TOKEN_REN', decision, 'decide-once');
    expect([200, 409]).toContain(answered.status);
    const state = await stack.result(workflowId);
    expect(state.status).toBe('recovered');
    expect(state.id).toBe(id);
    expect(store.fingerprint()).toEqual(whole);
    const ledger = await stack.ledger(workflowId);
    expect(ledger.filter((entry) => entry.event === 'gate' && entry.state === 'approved')).toHaveLength(1);
  });
});

describe('Temporal is killed', () => {
  test(
    'while people think and right after they decided: the recovery goes on when it is back',
    { timeout: 120_000 },
    async () => {
      const { store, whole } = await damagedStore();
      const workflowId = await store.recover({ scenario: 'tool-store-loss' });
      await stack.gate(workflowId, 'restore');
      await server.kill();
      await server.restart();
      const gate = await stack.gate(workflowId, 'restore');
      const { id } = await stack.until(workflowId, () => true);
      const statement = {
        recovery: id,
        gate: gate.gate,
        digest: gate.digest,
        decision: 'approve' as const,
        by: 'ren',
        at: new Date().toISOString(),
        reason: 'fine',
      };
      const deciding = stack.sendDecision(workflowId, statement);
      await deciding;
      await server.kill();
      await server.restart();
      const state = await stack.until(workflowId, ({ status }) => status === 'recovered');
      expect(store.fingerprint()).toEqual(whole);
      expect(state.steps.every(({ outcome }) => ['done', 'already-done'].includes(outcome))).toBe(true);
      const ledger = await stack.ledger(workflowId);
      expect(ledger.filter((entry) => entry.event === 'gate' && entry.state === 'approved')).toHaveLength(1);
      expect(new Set(ledger.flatMap((entry) => (entry.event === 'gate' ? [entry.waiting.digest] : []))).size).toBe(1);
    },
  );

  test('and the API says so within 2 s, and answers again by itself', async () => {
    const ask = () => fetch(`${base}/v1/recoveries`, { headers: { authorization: `Bearer ${tokens.TOKEN_HANA}` } });
    await server.kill();
    const asked = Date.now();
    const away = await ask();
    expect(away.status).toBe(503);
    expect(away.headers.get('retry-after')).toMatch(/^\d+$/);
    expect(Date.now() - asked).toBeLessThan(3_000);
    await server.restart();
    await expect.poll(async () => (await ask()).status, { timeout: 5_000 }).toBe(200);
  });
});
