/** Setting up on machines where something is missing: what is done, what is said, and which command mends it. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import {
  chmodSync,
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  readdirSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import process from 'node:process';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { builtTemporal, downloadedTemporal } from '../../scripts/temporal-cli.mjs';
import { builtObjectStore } from '../../scripts/object-store.mjs';
import { runProgram } from '../../scripts/setup/program.mjs';

const lock = {
  packages: {
    '': {},
    'node_modules/a': { version: '1.0.0', integrity: 'x' },
    'node_modules/b': { version: '1.0.0', optional: true },
  },
};
const installed = { packages: { 'node_modules/a': lock.packages['node_modules/a'] } };

let folder: string;
let variables: NodeJS.ProcessEnv;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'okiagari-setup-'));
  variables = { PATH: join(folder, 'bin'), XDG_CACHE_HOME: join(folder, 'cache'), HOME: folder, TMPDIR: join(folder, 'tmp') };
  for (const name of ['bin', 'tmp']) mkdirSync(join(folder, name));
  for (const name of ['sh', 'cat', 'mkdir', 'sleep', 'cp']) symlinkSync(`/bin/${name}`, join(folder, 'bin', name));
  cpSync(fileURLToPath(new URL('../../scripts', import.meta.url)), join(folder, 'project/scripts'), { recursive: true });
  put('project/package-lock.json', JSON.stringify(lock));
  put('project/node_modules/.package-lock.json', JSON.stringify(installed));
  fake('project/node_modules/.bin/node', 'echo "error sending request for url" >&2; exit 1');
});
afterEach(() => rmSync(folder, { recursive: true }));

function put(path: string, text: string): void {
  mkdirSync(dirname(join(folder, path)), { recursive: true });
  writeFileSync(join(folder, path), text);
}

function fake(path: string, script: string): void {
  put(path, `#!/bin/sh\n${script}\n`);
  chmodSync(join(folder, path), 0o755);
}

/** A started setup; `said` grows while it runs. */
function start(purpose: string) {
  const child = spawn(process.execPath, [join(folder, 'project/scripts/setup.mjs'), purpose], { env: variables });
  const run = { said: '', ended: once(child, 'close').then(([code]) => code as number) };
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk: Buffer) => (run.said += chunk.toString()));
  return run;
}

async function setUp(purpose: string): Promise<{ code: number; said: string }> {
  const run = start(purpose);
  const code = await run.ended;
  return { code, said: run.said };
}

const goBuilds = 'mkdir -p "$GOBIN"; echo "#!/bin/sh" > "$GOBIN/temporal"; chmod +x "$GOBIN/temporal"';
const allowChmod = (): void => symlinkSync('/bin/chmod', join(folder, 'bin/chmod'));

test('with everything there it says nothing and changes nothing', async () => {
  fake('bin/temporal', 'exit 0');
  expect(await setUp('own-server')).toEqual({ code: 0, said: '' });
  expect(existsSync(join(folder, 'cache'))).toBe(false);
});

test('a package of another version is installed anew, by the npm of the machine', async () => {
  put(
    'project/node_modules/.package-lock.json',
    JSON.stringify({ packages: { 'node_modules/a': { version: '0.9.0', integrity: 'x' } } }),
  );
  fake('bin/npm', `echo "$*" > ${folder}/asked; cat > node_modules/.package-lock.json <<'E'\n${JSON.stringify(installed)}\nE`);
  const first = await setUp('packages');
  expect(first.code).toBe(0);
  expect(first.said).toContain('Installing the packages');
  expect(readFileSync(join(folder, 'asked'), 'utf8')).toContain('ci --include=dev');
  expect(await setUp('packages')).toEqual({ code: 0, said: '' });
});

test('without npm, and with an npm that fails, it says so and names the command', async () => {
  rmSync(join(folder, 'project/node_modules/.package-lock.json'));
  const without = await setUp('packages');
  expect(without.code).toBe(1);
  expect(without.said).toContain('there is no `npm` on the PATH');
  fake('bin/npm', 'echo "npm error code ENOTFOUND" >&2; exit 1');
  const failing = await setUp('packages');
  expect(failing.code).toBe(1);
  expect(failing.said).toContain('npm error code ENOTFOUND');
  expect(failing.said).toMatch(/To mend it.*\n {2}npm ci/);
});

test('a start with TEMPORAL_ADDRESS needs no server here, a test run does', async () => {
  variables['TEMPORAL_ADDRESS'] = 'temporal.example.jp:7233';
  expect(await setUp('start')).toEqual({ code: 0, said: '' });
  expect((await setUp('own-server')).code).toBe(1);
});

test('no download and no Go: what is missing, and three ways to mend it', async () => {
  const { code, said } = await setUp('start');
  expect(code).toBe(1);
  expect(said).toContain('its download service cannot be reached');
  expect(said).toContain('there is no `go` to build it');
  for (const way of ['install the Temporal CLI', 'install Go', 'TEMPORAL_ADDRESS=host:7233 npm start']) {
    expect(said).toContain(way);
  }
  expect(said).not.toContain('    at ');
});

test("the SDK's download is taken where it works, and Go is left alone", async () => {
  allowChmod();
  fake('project/node_modules/.bin/node', 'cp /bin/sh "$2/temporal-sdk-typescript"');
  fake('bin/go', `echo called > ${folder}/go-was-called; exit 1`);
  expect((await setUp('start')).code).toBe(0);
  expect(existsSync(downloadedTemporal(variables))).toBe(true);
  expect(existsSync(join(folder, 'go-was-called'))).toBe(false);
  expect(await setUp('start')).toEqual({ code: 0, said: '' });
});

test('a build that fails shows its last words, the command to repeat it, and leaves nothing half done', async () => {
  fake('bin/go', 'echo "go: no route to the module" >&2; exit 1');
  const { code, said } = await setUp('start');
  expect(code).toBe(1);
  expect(said).toContain('go: no route to the module');
  expect(said).toContain('go install github.com/temporalio/cli/cmd/temporal@v');
  expect(readdirSync(dirname(builtTemporal(variables)))).toEqual([]);
  expect(readdirSync(join(folder, 'cache/okiagari')).filter((name) => name.includes('lock'))).toEqual([]);
});

test('two at once build it once: the second waits and says for whom', async () => {
  allowChmod();
  fake('bin/go', `echo x >> ${folder}/builds; while [ ! -e ${folder}/go-on ]; do sleep 0.05; done; ${goBuilds}`);
  const first = start('start');
  await expect.poll(() => existsSync(join(folder, 'builds')), { timeout: 20_000 }).toBe(true);
  const second = start('start');
  await expect.poll(() => second.said, { timeout: 20_000 }).toContain('waiting for it');
  put('go-on', '');
  expect(await Promise.all([first.ended, second.ended])).toEqual([0, 0]);
  expect(readFileSync(join(folder, 'builds'), 'utf8')).toBe('x\n');
  expect(existsSync(builtTemporal(variables))).toBe(true);
});

test('the lock of a setup that was killed is taken over', async () => {
  allowChmod();
  fake('bin/go', goBuilds);
  const dead = spawn('/bin/sh', ['-c', 'exit 0']);
  await once(dead, 'exit');
  put('cache/okiagari/setup.lock', String(dead.pid));
  expect((await setUp('start')).code).toBe(0);
  expect(existsSync(builtTemporal(variables))).toBe(true);
});

test("the tests' S3 server is built once, and only for tests and measures", async () => {
  allowChmod();
  fake('bin/temporal', 'exit 0');
  expect(await setUp('own-server')).toEqual({ code: 0, said: '' });
  const without = await setUp('tests');
  expect(without.code).toBe(1);
  expect(without.said).toContain('there is no `versitygw` on the PATH, and no `go` to build it');
  expect(without.said).toMatch(/To mend it, one of:\n {2}install Go/);
  fake('bin/go', 'echo "go: no route to the module" >&2; exit 1');
  const failing = await setUp('tests');
  expect(failing.said).toContain('go: no route to the module');
  expect(failing.said).toContain('go install github.com/versity/versitygw/cmd/versitygw@v');
  expect(readdirSync(dirname(builtObjectStore(variables)))).toEqual([]);
  fake('bin/go', goBuilds.replaceAll('temporal', 'versitygw'));
  // The agent of the tests comes with it.
  fake('bin/npm', 'exit 0');
  // And so do the servers of the tests.
  for (const program of ['initdb', 'postgres', 'pg_ctl', 'pg_basebackup', 'pg_rewind', 'pg_waldump', 'pg_verifybackup']) {
    fake(`bin/${program}`, 'exit 0');
  }
  fake('bin/apt-get', 'echo "E: Unable to locate package" >&2; exit 100');
  const unpacked = await setUp('tests');
  expect(unpacked.said).toContain('To mend it:\n  apt-get install redis-server pgbackrest ');
  expect(unpacked.code).toBe(1);
  const others = ['redis-server', 'pgbackrest', 'patroni', 'etcd', 'nsupdate', 'haproxy'];
  for (const program of others) fake(`bin/${program}`, 'exit 0');
  expect((await setUp('tests')).code).toBe(0);
  expect(existsSync(builtObjectStore(variables))).toBe(true);
  expect(await setUp('tests')).toEqual({ code: 0, said: '' });
});

test('a program that makes no progress is given up', async () => {
  const { code, output } = await runProgram('/bin/sleep', ['60'], { title: 'Waiting', stuckAfterMs: 100 });
  expect(code).not.toBe(0);
  expect(output).toContain('no progress');
});
