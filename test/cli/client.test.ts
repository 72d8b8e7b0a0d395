/** The client commands: what they ask of the API, what they print, and the exit codes that their help promises. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import process from 'node:process';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, expect, test } from 'vitest';

const bin = fileURLToPath(new URL('../../okiagari.mjs', import.meta.url));

interface Asked {
  readonly line: string;
  readonly token: string | undefined;
  readonly lastEventId: string | undefined;
  readonly body: unknown;
}
type Answer = (asked: Asked, response: ServerResponse) => void;

let server: Server;
let api: string;
let asked: Asked[];
let answer: Answer;
beforeEach(async () => {
  asked = [];
  server = createServer((request, response) => void receive(request, response)).listen(0, '127.0.0.1');
  await once(server, 'listening');
  api = `http://127.0.0.1:${(server.address() as { port: number }).port}`;
});
afterEach(() => {
  server.closeAllConnections();
  server.close();
});

async function receive(request: IncomingMessage, response: ServerResponse): Promise<void> {
  let text = '';
  for await (const chunk of request) text += String(chunk);
  const one: Asked = {
    line: `${request.method} ${request.url}`,
    token: request.headers.authorization,
    lastEventId: request.headers['last-event-id'] as string | undefined,
    body: text === '' ? undefined : JSON.parse(text),
  };
  asked.push(one);
  answer(one, response);
}

const json = (status: number, body: unknown): Answer => {
  return (_asked, response) => response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
};

async function okiagari(args: readonly string[], variables: NodeJS.ProcessEnv = {}) {
  const env = { ...process.env, OKIAGARI_API: api, OKIAGARI_TOKEN: 'secret-of-hana', ...variables };
  const child = spawn(process.execPath, [bin, ...args], { env });
  const said = { out: '', err: '' };
  child.stdout.on('data', (chunk: Buffer) => (said.out += chunk.toString()));
  child.stderr.on('data', (chunk: Buffer) => (said.err += chunk.toString()));
  const [code] = (await once(child, 'close')) as [number];
  return { code, ...said };
}

const recover = ['recover', 'tool-store-loss', 'tools', '--reason', 'drill'];

test('recover sends the request as the person of the token, and prints the id', async () => {
  answer = json(202, { id: 'tools~1', workflowId: 'recovery/tools', runId: '1', status: 'running', links: {} });
  const { code, out } = await okiagari([
    ...recover,
    '--dry-run',
    '--input',
    '{"backup":"b1"}',
    '--broken-since',
    '2026-11-22T02:00:00+09:00',
    '--acknowledge-cool-down',
  ]);
  expect(code).toBe(0);
  expect(out).toBe('started tools~1\n');
  expect(asked).toEqual([
    {
      line: 'POST /v1/recoveries',
      token: 'Bearer secret-of-hana',
      lastEventId: undefined,
      body: {
        scenario: 'tool-store-loss',
        target: 'tools',
        reason: 'drill',
        mode: 'dry-run',
        input: { backup: 'b1' },
        brokenSince: '2026-11-22T02:00:00+09:00',
        acknowledgeCoolDown: true,
      },
    },
  ]);
});

test('a refusal is told with every field and what to do, exit code 3; as JSON it is the problem itself', async () => {
  const problem = {
    status: 409,
    code: 'held',
    detail: 'tools is held.',
    hint: 'Follow that one.',
    errors: [{ path: 'target', message: 'held' }],
    heldBy: { kind: 'recovery', id: 'tools~0', since: '2026-11-22T00:00:00Z' },
  };
  answer = json(409, problem);
  const told = await okiagari(recover);
  expect(told.code).toBe(3);
  for (const words of ['409 held: tools is held.', 'target: held', 'held by recovery tools~0', 'Follow that one.']) {
    expect(told.err).toContain(words);
  }
  expect(told.err).not.toContain('    at ');
  const machine = await okiagari([...recover, '--json']);
  expect(JSON.parse(machine.err)).toEqual(problem);
});

test('without a token it says where one comes from', async () => {
  answer = json(401, { status: 401, code: 'unauthorized', detail: 'No token.' });
  const { code, err } = await okiagari(['status'], { OKIAGARI_TOKEN: '' });
  expect(code).toBe(3);
  expect(asked[0]!.token).toBeUndefined();
  expect(err).toContain('OKIAGARI_TOKEN_FILE');
});

test('a token may come from a file', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'okiagari-token-'));
  writeFileSync(join(folder, 'hana'), 'from-a-file\n');
  answer = json(200, { items: [] });
  await okiagari(['status'], { OKIAGARI_TOKEN: '', OKIAGARI_TOKEN_FILE: join(folder, 'hana') });
  expect(asked[0]!.token).toBe('Bearer from-a-file');
  rmSync(folder, { recursive: true });
});

test('Temporal away, and no API at all, are exit code 4', async () => {
  answer = json(503, { status: 503, code: 'temporal-away', detail: 'Temporal does not answer.' });
  expect((await okiagari(['status'])).code).toBe(4);
  const nobody = await okiagari(['status'], { OKIAGARI_API: 'http://127.0.0.1:1' });
  expect(nobody.code).toBe(4);
  expect(nobody.err).toContain('http://127.0.0.1:1 cannot be reached');
});

test('wrong usage is exit code 2', async () => {
  expect((await okiagari(['recover', 'tool-store-loss', 'tools'])).code).toBe(2);
  expect((await okiagari(['no-such-command'])).code).toBe(2);
  expect((await okiagari([...recover, '--input', '{'])).code).toBe(2);
  expect(asked).toEqual([]);
});

test('help tells the exit codes and ends well', async () => {
  const { code, out } = await okiagari(['--help']);
  expect(code).toBe(0);
  expect(out).toMatch(/Exit codes:\s+0 .*\n\s+1 .*\n\s+2 .*\n\s+3 .*\n\s+4 /);
});

const waiting = {
  gate: 'restore',
  path: '',
  kind: 'approval',
  title: '2 to overwrite',
  digest: 'd1',
  need: 1,
  votes: [],
  from: ['admins'],
  deadline: null,
  otherwise: 'stop',
  choices: ['approve', 'reject'],
};

test('approve binds to the digest of the plan that it shows', async () => {
  answer = (one, response) =>
    one.line.startsWith('GET')
      ? json(200, { status: 'waiting', waitingFor: [waiting] })(one, response)
      : json(200, { gate: 'restore', state: 'approved' })(one, response);
  const { code, out } = await okiagari(['approve', 'tools~1', '--reason', 'seen']);
  expect(code).toBe(0);
  expect(out).toContain('2 to overwrite');
  expect(out.trimEnd().split('\n').at(-1)).toBe('restore: approved');
  expect(asked[1]).toMatchObject({
    line: 'POST /v1/recoveries/tools~1/decisions',
    body: { gate: 'restore', digest: 'd1', decision: 'approve', reason: 'seen' },
  });
});

test('with nothing to approve, or several gates open, nothing is decided', async () => {
  answer = json(200, { status: 'running', waitingFor: [] });
  expect((await okiagari(['approve', 'tools~1', '--reason', 'seen'])).code).toBe(3);
  answer = json(200, { status: 'waiting', waitingFor: [waiting, { ...waiting, gate: 'other' }] });
  const several = await okiagari(['reject', 'tools~1', '--reason', 'no']);
  expect(several.code).toBe(2);
  expect(several.err).toContain('restore, other');
  expect(asked.filter(({ line }) => line.startsWith('POST'))).toEqual([]);
});

const at = '2026-11-22T10:00:00.000Z';
const event = (id: number, name: string, data: unknown): string =>
  `event: ${name}\nid: ${id}\ndata: ${JSON.stringify({ at, ...(data as object) })}\n\n`;

test('status --watch takes the stream up again where it broke off, and its exit code is the end of the recovery', async () => {
  const step = (outcome: string): unknown => ({
    name: 'protect',
    path: '',
    outcome,
    sentence: `it is ${outcome}`,
    startedAt: at,
    attempts: 1,
  });
  answer = ({ lastEventId }, response) => {
    response.writeHead(200, { 'content-type': 'text/event-stream' }).write(': hello\n\n');
    if (lastEventId === undefined) {
      response.write(event(1, 'step', step('running')), () => response.destroy());
    } else {
      response.end(event(2, 'step', step('done')) + event(3, 'end', { status: 'failed' }));
    }
  };
  const { code, out } = await okiagari(['status', 'tools~1', '--watch']);
  expect(code).toBe(1);
  expect(asked.map(({ lastEventId }) => lastEventId)).toEqual([undefined, '1']);
  expect(out.trimEnd().split('\n')).toEqual([
    '10:00:00  running        protect: it is running',
    '10:00:00  done           protect: it is done',
    '10:00:00  end            failed',
  ]);
  const recovered = event(1, 'end', { status: 'recovered' });
  answer = (_one, response) => response.writeHead(200, { 'content-type': 'text/event-stream' }).end(recovered);
  const machine = await okiagari(['status', 'tools~1', '--watch', '--json']);
  expect(machine.code).toBe(0);
  expect(JSON.parse(machine.out)).toEqual({ number: 1, event: 'end', data: { at, status: 'recovered' } });
});

test('backup takes, lists and verifies', async () => {
  const backup = { id: 'b1', status: 'verified', files: 13, bytes: 42 };
  answer = json(202, backup);
  expect((await okiagari(['backup', 'tools', '--reason', 'before'])).out).toContain('b1  verified  13 files, 42 bytes');
  await okiagari(['backup', 'tools', '--verify', 'b1']);
  answer = json(200, { items: [backup] });
  expect((await okiagari(['backup', 'tools', '--list', '--json'])).out).toBe(`${JSON.stringify({ items: [backup] })}\n`);
  expect(asked.map(({ line, body }) => [line, body])).toEqual([
    ['POST /v1/targets/tools/backups', { kind: 'manual', reason: 'before' }],
    ['POST /v1/backups/b1/verify', undefined],
    ['GET /v1/targets/tools/backups', undefined],
  ]);
});

test('drill starts one, and its score names every criterion; a missed one is exit code 1', async () => {
  answer = json(202, { id: 'shop~1' });
  expect((await okiagari(['drill', 'region', 'shop', '--reason', 'half-yearly'])).out).toBe('started shop~1\n');
  const criteria = [
    { id: 'switched', title: 'switch', met: true, sentence: 'It moved.' },
    { id: 'performance', title: 'performance', met: false, sentence: 'Ten times as long.' },
    { id: 'data', title: 'data', met: null, sentence: 'Not measured.' },
  ];
  const score = { id: 'shop~1', criteria, passed: false, sentence: 'Failed: performance, data.' };
  answer = json(200, score);
  const told = await okiagari(['drill', '--score', 'shop~1']);
  expect([told.code, told.out.split('\n')]).toEqual([
    1,
    [
      '✓  switch       It moved.',
      '✗  performance  Ten times as long.',
      '?  data         Not measured.',
      'Failed: performance, data.',
      '',
    ],
  ]);
  answer = json(200, { ...score, passed: true });
  expect((await okiagari(['drill', '--score', 'shop~1', '--json'])).code).toBe(0);
  expect((await okiagari(['drill', 'region', 'shop'])).code).toBe(2);
  expect(asked.map(({ line, body }) => [line, body])).toEqual([
    ['POST /v1/drills', { drill: 'region', target: 'shop', reason: 'half-yearly' }],
    ['GET /v1/drills/shop~1', undefined],
    ['GET /v1/drills/shop~1', undefined],
  ]);
});
