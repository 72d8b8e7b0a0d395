/** The API on a fake Temporal, with four people and two targets, and the few requests that tests send. */
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { InjectOptions, LightMyRequestResponse } from 'fastify';
import pino from 'pino';
import type { App } from '../../api/context.ts';
import { publicKeyFile } from '../../api/signing.ts';
import { createServer, type ServerOptions } from '../../api/server.ts';
import { parseInventory } from '../../config/inventory.ts';
import type { Inventory } from '../../contracts/inventory.ts';
import { kinds } from '../../contracts/kinds.ts';
import { scenarios } from '../../contracts/scenarios.ts';
import { recoveryId } from '../../domain/identity.ts';
import type { LedgerEntry, RecoveryState, Waiting } from '../../domain/recovery.ts';
import { createFakeGateway, type FakeGateway, type FakeRun } from './fake-gateway.ts';
import { createMemoryRecords, type MemoryRecords } from './memory-records.ts';

/** hana operates, ren operates and approves, vera only looks, mio approves. */
export const people = ['hana', 'ren', 'mio', 'vera', 'ada', 'ann'] as const;
export type PersonId = (typeof people)[number];
export const tokenOf = (person: PersonId): string => `token-of-${person}-0123456789`;

const inventoryText = `
version: 1
locale: ja
people:
  - { id: hana, name: Hana, roles: [operator], token: { env: TEST_TOKEN_HANA } }
  - { id: ren, name: Ren, roles: [operator, approver], groups: [admins], token: { env: TEST_TOKEN_REN } }
  - { id: mio, name: Mio, roles: [approver], groups: [admins], token: { env: TEST_TOKEN_MIO } }
  - { id: vera, name: Vera, roles: [viewer], token: { env: TEST_TOKEN_VERA } }
  - { id: ada, name: Ada, roles: [auditor], token: { env: TEST_TOKEN_ADA } }
  - { id: ann, name: Ann, roles: [admin], token: { env: TEST_TOKEN_ANN } }
repositories:
  - { id: local, kind: directory, path: ./backups }
notify:
  webhooks: [{ id: chat, url: { env: TEST_HOOK_URL }, secret: { env: TEST_HOOK_SECRET } }]
targets:
  - id: tools
    kind: tool-store
    root: ./project
    repositories: [local]
    owner: hana
    contacts: [{ id: support, url: https://support.example.com, external: true }]
    links: [{ title: Dashboard, url: https://grafana.example.jp/d/dr }]
  - { id: spare, kind: tool-store, root: ./spare, repositories: [local], site: west }
`;
for (const person of people) process.env[`TEST_TOKEN_${person.toUpperCase()}`] = tokenOf(person);

export interface TestApi {
  readonly app: App;
  readonly gateway: FakeGateway;
  readonly records: MemoryRecords;
  /** Everything that was logged, one JSON text. */
  readonly logged: string[];
  /** PEM of the key that the API signs with. */
  publicKey(): string;
  inventory: Inventory;
  /** Sends as somebody, in English unless said otherwise; a body goes as JSON. */
  send(
    person: PersonId | undefined,
    method: 'GET' | 'POST' | 'PUT',
    url: string,
    more?: Partial<InjectOptions>,
  ): Promise<LightMyRequestResponse>;
  /** Starts `tool-store-loss` of `tools` by hana and gives it a state. */
  recovery(target?: string): Promise<FakeRecovery>;
  close(): Promise<void>;
}

export interface FakeRecovery {
  readonly id: string;
  readonly run: FakeRun;
  state: RecoveryState;
  readonly ledger: LedgerEntry[];
  /** Ends it as the kernel does: last entries, end record, completed run. */
  end(status: RecoveryState['status']): void;
}

export const testInventory = (): Inventory => parseInventory(inventoryText, '/nowhere/okiagari.yaml');

export async function startTestApi(options: Partial<ServerOptions> = {}): Promise<TestApi> {
  const gateway = createFakeGateway();
  const records = createMemoryRecords();
  const data = mkdtempSync(join(tmpdir(), 'okiagari-api-'));
  const logged: string[] = [];
  let inventory = testInventory();
  const app = await createServer({
    gateway,
    records,
    inventory: () => inventory,
    environment: { OKIAGARI_DATA: data, OKIAGARI_SIGNING_KEY: undefined },
    scenarios,
    kinds,
    log: pino({ level: 'debug' }, { write: (line: string) => void logged.push(line) }),
    ...options,
  });
  await app.ready();

  const send: TestApi['send'] = (person, method, url, { headers, ...more } = {}) =>
    app.inject({
      method,
      url,
      headers: {
        'accept-language': 'en',
        ...(person && { authorization: `Bearer ${tokenOf(person)}` }),
        ...headers,
      },
      ...more,
    });

  return {
    app,
    gateway,
    records,
    logged,
    send,
    publicKey: () => readFileSync(publicKeyFile(data), 'utf8'),
    get inventory() {
      return inventory;
    },
    set inventory(changed) {
      inventory = changed;
    },
    async recovery(target = 'tools') {
      const started = await send('hana', 'POST', '/v1/recoveries', {
        payload: { scenario: 'tool-store-loss', target, reason: 'test' },
      });
      const { id } = started.json<{ id: string }>();
      return bringToLife(id, gateway.newest(`recovery/${target}`)!, records);
    },
    async close() {
      await app.close();
      rmSync(data, { recursive: true, force: true });
    },
  };
}

/** Lets a started run answer like the kernel would at its first gate. */
export function bringToLife(id: string, run: FakeRun, records: MemoryRecords): FakeRecovery {
  const startedAt = run.startedAt;
  const [target = 'tools'] = id.split('~');
  const recovery: FakeRecovery = {
    id,
    run,
    state: stateOf({ id, target, startedAt }),
    ledger: [
      { number: 1, at: startedAt, event: 'status', status: 'running', phase: 'begin' },
      {
        number: 2,
        at: startedAt,
        event: 'step',
        step: {
          name: 'protect',
          path: '',
          outcome: 'done',
          sentence: { en: 'Copied 12 files.', ja: '12 ファイルを複製。' },
          startedAt,
          endedAt: startedAt,
          attempts: 1,
        },
      },
    ],
    end(status) {
      const at = new Date().toISOString();
      recovery.state = { ...recovery.state, status, phase: 'end', endedAt: at, waitingFor: [] };
      recovery.ledger.push({ number: recovery.ledger.length + 1, at, event: 'end', status });
      records.content.set(`recoveries/${id}/end.json`, JSON.stringify({ state: recovery.state, ledger: recovery.ledger }));
      Object.assign(run, { state: 'completed', closedAt: at, result: recovery.state });
      run.attributes['status'] = status;
    },
  };
  run.queries.set('status', () => recovery.state);
  run.queries.set('ledger', (after) => recovery.ledger.slice(after as number));
  return recovery;
}

export const digestOfPlan = 'd'.repeat(64);

export const gateOfPlan = (): Waiting => ({
  gate: 'restore',
  path: '',
  kind: 'approval',
  title: { en: 'Overwrite live tools', ja: '現在のツールの上書き' },
  digest: digestOfPlan,
  need: 1,
  votes: [],
  from: ['admins'],
  deadline: '2026-11-22T10:05:00.000Z',
  otherwise: 'stop',
  choices: ['approve', 'reject'],
  plan: {
    summary: { en: 'Add 3, overwrite 2.', ja: '追加 3、上書き 2。' },
    digest: digestOfPlan,
    size: { items: 5, bytes: 5_000, share: 0.4 },
    counts: { add: 3, overwrite: 2, keep: 7, remove: 0 },
    changes: [{ action: 'overwrite', path: '.pi/tools/dt_1.json', before: 'truncated', after: '1,204 bytes' }],
    truncated: true,
    ref: `plans/x/${digestOfPlan}.json`,
  },
});

export const stateOf = (more: Partial<RecoveryState> = {}): RecoveryState => ({
  id: recoveryId('tools', '00000000-0000-4000-8000-000000000000'),
  scenario: 'tool-store-loss',
  target: 'tools',
  mode: 'run',
  status: 'waiting',
  phase: 'restore',
  requestedBy: 'hana',
  reason: 'test',
  startedAt: '2026-11-22T10:00:00.000Z',
  steps: [
    {
      name: 'protect',
      path: '',
      outcome: 'done',
      sentence: { en: 'Copied 12 files.', ja: '12 ファイルを複製。' },
      startedAt: '2026-11-22T10:00:00.000Z',
      endedAt: '2026-11-22T10:00:01.000Z',
      attempts: 1,
      evidence: { files: 12 },
    },
  ],
  waitingFor: [gateOfPlan()],
  timing: { detectionMs: 0, decisionMs: 0, approvalMs: 1_000, machineMs: 500, totalMs: 1_500 },
  objectives: { rtoMs: 900_000, rpoMs: 3_600_000, metRto: null, metRpo: null },
  ledger: 2,
  ...more,
});
