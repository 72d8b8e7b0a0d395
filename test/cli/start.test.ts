/** `npm start` as a newcomer meets it: a playground, lines to paste, children that come back, and an end that leaves nothing. */
import { execFile, spawn, type ChildProcess, type ChildProcessWithoutNullStreams } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, readdirSync, rmSync, statSync } from 'node:fs';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import process from 'node:process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { isAlive, processesOf } from '../support/processes.ts';
import { startTemporalServer } from '../support/temporal-server.ts';

const main = fileURLToPath(new URL('../../cli/main.ts', import.meta.url));
const readyLine = /^okiagari ready api=(http:\/\/127\.0\.0\.1:\d+) temporal(?:-ui)?=(\S+)$/m;

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'okiagari-start-'));
});
afterAll(() => {
  for (const { pid } of processesOf(folder)) process.kill(pid, 'SIGKILL');
  rmSync(folder, { recursive: true, force: true });
});

interface Started {
  readonly child: ChildProcess;
  said(): string;
  readonly api: string;
  readonly ui: string;
}

const settings = {
  OKIAGARI_API_PORT: '0',
  OKIAGARI_TEMPORAL_PORT: '0',
  OKIAGARI_TEMPORAL_UI_PORT: '0',
  OKIAGARI_LOG_LEVEL: '',
  TEMPORAL_ADDRESS: '',
};

const start = (): Promise<Started> =>
  untilReady(spawn(process.execPath, [main, 'start'], { cwd: folder, env: { ...process.env, ...settings } }));

/** As people do it, in the checkout; inventory and data are those of the test. */
function npmStart(): Promise<Started> {
  const own = { OKIAGARI_INVENTORY: join(folder, 'playground/okiagari.yaml'), OKIAGARI_DATA: join(folder, '.okiagari') };
  const project = fileURLToPath(new URL('../..', import.meta.url));
  return untilReady(spawn('npm', ['start'], { cwd: project, env: { ...process.env, ...settings, ...own } }));
}

async function untilReady(child: ChildProcessWithoutNullStreams): Promise<Started> {
  let said = '';
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk: Buffer) => (said += chunk.toString()));
  await vi.waitFor(() => expect(child.exitCode === null ? said : `ended: ${said}`).toMatch(readyLine), { timeout: 50_000 });
  const [, api, ui] = readyLine.exec(said)!;
  return { child, said: () => said, api: api!, ui: ui! };
}

async function stop({ child }: Started, signal: NodeJS.Signals = 'SIGTERM'): Promise<number | null> {
  const gone = once(child, 'exit');
  child.kill(signal);
  const [code] = (await gone) as [number | null];
  return code;
}

const ask = async (started: Started, path: string): Promise<unknown> => {
  const token = readFileSync(join(folder, 'playground/tokens/hana'), 'utf8').trim();
  return (await fetch(`${started.api}${path}`, { headers: { authorization: `Bearer ${token}` } })).json();
};
const pidOf = (room: string): number | undefined =>
  processesOf(folder).find(({ command }) => command.includes(`/${room}/main.ts`) && !command.includes('setpriv'))?.pid;

describe('the first start', () => {
  let started: Started;
  beforeAll(async () => {
    started = await start();
  });
  afterAll(async () => {
    if (started.child.exitCode === null) await stop(started);
  });

  test('makes a playground that is as it was promised', () => {
    expect(readdirSync(join(folder, 'playground/project/.pi/tools'))).toHaveLength(12);
    const log = readFileSync(join(folder, 'playground/project/.pi/logs/dynamic-tools-audit.jsonl'), 'utf8');
    expect(log.trimEnd().split('\n')).toHaveLength(2_000);
    const tokens = readdirSync(join(folder, 'playground/tokens'));
    expect(tokens).toHaveLength(4);
    for (const person of tokens) expect(statSync(join(folder, 'playground/tokens', person)).mode & 0o777).toBe(0o600);
  });

  test('ends its words with the ready line, and both addresses answer', async () => {
    const last = started.said().trimEnd().split('\n').at(-1);
    expect(last).toBe(`okiagari ready api=${started.api} temporal-ui=${started.ui}`);
    expect((await fetch(`${started.api}/readyz`)).status).toBe(200);
    expect((await fetch(started.ui)).status).toBe(200);
  });

  test('what it says to try works as it stands, up to a recovered store', async () => {
    const lines = [...started.said().matchAll(/^ {2}(\S.*)$/gm)].map(([, line]) => line!);
    expect(lines.length).toBeGreaterThan(8);
    const { stdout } = await promisify(execFile)('sh', ['-eu', '-c', lines.join('\n')], { cwd: folder, timeout: 50_000 });
    expect(stdout).toContain('"state":"approved"');
    expect(stdout).toMatch(/event: end\nid: \d+\ndata: \{[^\n]*"status":"recovered"/);
    expect(readdirSync(join(folder, 'playground/project/.pi/tools'))).toHaveLength(12);
  });

  test.each(['worker', 'api'])('the %s is killed: it is started again, and that is said', async (room) => {
    const killed = pidOf(room)!;
    process.kill(killed, 'SIGKILL');
    await expect.poll(() => pidOf(room), { timeout: 20_000 }).toSatisfy((pid) => pid !== undefined && pid !== killed);
    expect(started.said()).toMatch(new RegExp(`^${room} +was ended by SIGKILL; started again in \\d+ ms$`, 'm'));
    await expect
      .poll(async () => (await fetch(`${started.api}/readyz`).catch(() => undefined))?.status, { timeout: 20_000 })
      .toBe(200);
  });

  test('a second one on the same folder is refused and told why', async () => {
    const second = spawn(process.execPath, [main, 'start'], { cwd: folder, env: { ...process.env, OKIAGARI_API_PORT: '0' } });
    let said = '';
    second.stderr.on('data', (chunk: Buffer) => (said += chunk.toString()));
    const [code] = (await once(second, 'close')) as [number];
    expect(code).toBe(2);
    expect(said).toContain('already runs on the data folder');
  });

  test('SIGTERM ends everything with exit code 0', async () => {
    expect(await stop(started)).toBe(0);
    expect(processesOf(folder)).toEqual([]);
  });
});

test('the next start finds the playground, its people and its recoveries as they were, within 10 s', async () => {
  const token = readFileSync(join(folder, 'playground/tokens/hana'), 'utf8');
  const begin = Date.now();
  const started = await start();
  expect(Date.now() - begin).toBeLessThan(10_000);
  expect(started.said()).not.toContain('made just now');
  expect(readFileSync(join(folder, 'playground/tokens/hana'), 'utf8')).toBe(token);
  const list = (await ask(started, '/v1/recoveries')) as { items: { status: string }[] };
  expect(list.items.map(({ status }) => status)).toEqual(['recovered']);
  expect(await stop(started, 'SIGINT')).toBe(0);
});

test.each(['SIGTERM', 'SIGKILL'] as const)('behind npm, %s to npm itself ends everything too', async (signal) => {
  const started = await npmStart();
  const all = processesOf(folder).map(({ pid }) => pid);
  expect(all.length).toBeGreaterThanOrEqual(4);
  await stop(started, signal);
  await expect.poll(() => all.filter(isAlive), { timeout: 20_000 }).toEqual([]);
});

test('with TEMPORAL_ADDRESS it uses that Temporal, starts none, and leaves it running', async () => {
  const temporal = await startTemporalServer();
  const env = { ...process.env, ...settings, TEMPORAL_ADDRESS: temporal.address, OKIAGARI_DATA: join(folder, 'elsewhere') };
  const started = await untilReady(spawn(process.execPath, [main, 'start'], { cwd: folder, env }));
  expect(started.said()).toContain(` temporal=${temporal.address}\n`);
  expect(processesOf(folder).filter(({ command }) => command.includes('start-dev'))).toEqual([]);
  expect((await fetch(`${started.api}/readyz`)).status).toBe(200);
  expect(await stop(started)).toBe(0);
  const socket = connect(Number(temporal.address.split(':')[1]), '127.0.0.1');
  await once(socket, 'connect');
  socket.destroy();
  await temporal.stop();
});

test('when it is killed itself, nothing stays behind to hold ports', async () => {
  const started = await start();
  const children = processesOf(folder).map(({ pid }) => pid);
  expect(children).toHaveLength(3);
  await stop(started, 'SIGKILL');
  await expect.poll(() => children.filter(isAlive), { timeout: 20_000 }).toEqual([]);
});
