/** Taking a backup: what is in it, how it is laid out, and that it is whole while the agent writes. */
import {
  appendFileSync,
  chmodSync,
  existsSync,
  mkdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import type { Manifest } from '../../../domain/backup.ts';
import { canonicalJson } from '../../../domain/digest.ts';
import { manifestSchema } from '../../../contracts/backup.ts';
import { addTool, editTool, failureOf, idAt, logPath, makeWorld, picture, sha256, target } from './world.ts';

const night = '2026-11-22T02:00:00.000Z';
const manifestOf = (folder: string): Manifest => JSON.parse(readFileSync(join(folder, 'manifest.json'), 'utf8')) as Manifest;

test('every regular file of tools and logs is there as a plain copy, and the manifest says so', async () => {
  const world = await makeWorld();
  mkdirSync(world.live('.pi/tools/disabled'));
  writeFileSync(world.live('.pi/tools/disabled/old.json'), '{}');
  writeFileSync(world.live('.pi/logs/dynamic-tools-metrics.json'), '{"a":1}');
  writeFileSync(world.live('.pi/other.txt'), 'not part of it');
  chmodSync(world.live(world.sample.tools[0]!.path), 0o600);
  const backup = await world.tools.takeToolStoreBackup({
    target,
    id: idAt(night),
    kind: 'full',
    reason: 'nightly, "files": []',
    startedAt: night,
  });
  expect(backup).toMatchObject({
    id: idAt(night),
    kind: 'full',
    source: 'okiagari',
    status: 'complete',
    startedAt: night,
    files: 15,
    counts: { tools: 12, logLines: 200 },
    repositories: ['local'],
    held: false,
  });
  const folder = world.inRepository(idAt(night));
  const manifest = manifestOf(folder);
  manifestSchema.parse(manifest);
  expect(manifest).toMatchObject({ version: 1, target, base: null, reason: 'nightly, "files": []', skipped: [] });
  expect(manifest.files).toHaveLength(15);
  const lines = readFileSync(join(folder, 'manifest.json'), 'utf8').split('\n');
  expect(
    lines.filter((line) => /^ {4}\{"path":.*"sha256":.*\},?$/.test(line)),
    'a line per file',
  ).toHaveLength(15);
  for (const file of manifest.files) {
    const original = readFileSync(world.live(file.path));
    expect(readFileSync(join(folder, 'files', file.path))).toEqual(original);
    expect(file).toMatchObject({ sha256: sha256(original), bytes: original.length, in: idAt(night), uid: process.getuid!() });
  }
  expect(manifest.files.find(({ path }) => path === world.sample.tools[0]!.path)?.mode).toBe('0600');
  const { digest, ...rest } = manifest;
  expect(digest).toBe(sha256(canonicalJson(rest)));
});

test('links are listed and not followed', async () => {
  const world = await makeWorld();
  symlinkSync('/etc/passwd', world.live('.pi/tools/evil.json'));
  symlinkSync('/etc', world.live('.pi/logs/etc'));
  const backup = await world.tools.takeToolStoreBackup({ target, id: idAt(night), kind: 'full', startedAt: night });
  expect(manifestOf(world.inRepository(idAt(night))).skipped).toEqual(['.pi/tools/evil.json', '.pi/logs/etc']);
  expect(backup.files).toBe(13);
  expect(backup.findings?.[0]?.en).toContain('2 links were not followed');
});

test('a tools folder that is itself a link is refused', async () => {
  const world = await makeWorld();
  rmSync(world.live('.pi/tools'), { recursive: true });
  symlinkSync('/etc', world.live('.pi/tools'));
  const failure = await failureOf(world.backUp(night));
  expect(failure).toMatchObject({ code: 'target-missing' });
  expect(failure.message).toContain('.pi/tools: is a link');
});

test('a target that is not there is said so, and nothing is left in the repository', async () => {
  const world = await makeWorld();
  rmSync(world.live('.pi'), { recursive: true });
  expect((await failureOf(world.backUp(night))).code).toBe('target-missing');
  rmSync(world.root, { recursive: true });
  expect((await failureOf(world.backUp(night))).code).toBe('target-missing');
  expect(existsSync(world.inRepository(idAt(night)))).toBe(false);
});

test('the same id twice finds the finished one', async () => {
  const world = await makeWorld();
  const first = await world.tools.takeToolStoreBackup({ target, id: idAt(night), kind: 'full', startedAt: night });
  const before = picture(world.inRepository(idAt(night)));
  addTool(world.root, 'later');
  expect(await world.tools.takeToolStoreBackup({ target, id: idAt(night), kind: 'full', startedAt: night })).toEqual(first);
  expect(picture(world.inRepository(idAt(night)))).toEqual(before);
});

test('a backup without a finished manifest does not exist, and its leftovers make room for the same id', async () => {
  const world = await makeWorld();
  const folder = world.inRepository(idAt(night));
  mkdirSync(join(folder, 'files/.pi/tools'), { recursive: true });
  writeFileSync(join(folder, 'files/.pi/tools/leftover.json'), 'half');
  expect(await world.tools.listToolStoreBackups({ target })).toEqual([]);
  await world.verified(night);
  expect(existsSync(join(folder, 'files/.pi/tools/leftover.json'))).toBe(false);
});

test('a growing log is a prefix that ends at a line end', async () => {
  const world = await makeWorld({
    logLines: 20_000,
    wrap: (ports) => ({
      ...ports,
      files: {
        ...ports.files,
        // The agent appends half a line just when the end was looked for, and goes on while the copy runs.
        lineEnd: async (place, upTo) => {
          const end = await ports.files.lineEnd(place, upTo);
          appendFileSync(
            join(place.root, place.path),
            '{"timestamp":"2026-11-22T02:00:01.000Z","action":"run_dynamic_tool"}\n{"half',
          );
          return end;
        },
      },
    }),
  });
  appendFileSync(world.live(logPath), '{"torn');
  const whole = readFileSync(world.live(logPath));
  const id = await world.verified(night);
  const copy = readFileSync(join(world.inRepository(id), 'files', logPath));
  expect(copy).toEqual(whole.subarray(0, whole.lastIndexOf('\n') + 1));
  expect(manifestOf(world.inRepository(id)).counts).toEqual({ tools: 12, logLines: 20_000 });
});

test('a whole last line without a newline belongs to the log', async () => {
  const world = await makeWorld();
  appendFileSync(world.live(logPath), '{"timestamp":"2026-11-22T02:00:01.000Z","action":"run_dynamic_tool"}');
  const id = await world.verified(night);
  expect(readFileSync(join(world.inRepository(id), 'files', logPath))).toEqual(readFileSync(world.live(logPath)));
  expect(manifestOf(world.inRepository(id)).counts['logLines']).toBe(201);
});

test('a tool that is being written is looked at again until it is whole', async () => {
  let looks = 0;
  let finishWriting: () => void = () => undefined;
  const world = await makeWorld({
    wrap: (ports) => ({
      ...ports,
      files: {
        ...ports.files,
        read(place, ...rest) {
          if (place.path === world.sample.tools[3]!.path && ++looks === 3) finishWriting();
          return ports.files.read(place, ...rest);
        },
      },
    }),
  });
  const { path } = world.sample.tools[3]!;
  const whole = readFileSync(world.live(path));
  truncateSync(world.live(path), 200);
  finishWriting = () => writeFileSync(world.live(path), whole);
  const id = await world.verified(night);
  expect(readFileSync(join(world.inRepository(id), 'files', path))).toEqual(whole);
});

test('files that change, come and go while they are copied end up as they last were', async () => {
  let moved = false;
  const world = await makeWorld({
    wrap: (ports) => ({
      ...ports,
      repositories: (entry) => {
        const repository = ports.repositories(entry);
        return {
          ...repository,
          async store(...args) {
            const stored = await repository.store(...args);
            if (!moved) {
              moved = true;
              rmSync(world.live(world.sample.tools[0]!.path));
              addTool(world.root, 'came_meanwhile');
              editTool(world.live(world.sample.tools[1]!.path), (tool) => ({ ...tool, description: 'changed meanwhile' }));
            }
            return stored;
          },
        };
      },
    }),
  });
  const id = await world.verified(night);
  const manifest = manifestOf(world.inRepository(id));
  for (const file of manifest.files) expect(file.sha256).toBe(sha256(readFileSync(world.live(file.path))));
  expect(manifest.counts['tools']).toBe(12);
  expect(manifest.files.map(({ path }) => path)).not.toContain(world.sample.tools[0]!.path);
  expect(Object.keys(picture(join(world.inRepository(id), 'files/.pi/tools')))).toHaveLength(12);
});

test('a tool that is damaged in the store is copied as it is, with a finding', async () => {
  const world = await makeWorld();
  truncateSync(world.live(world.sample.tools[0]!.path), 100);
  const backup = await world.tools.takeToolStoreBackup({ target, id: idAt(night), kind: 'full', startedAt: night });
  expect(backup.findings?.[0]?.en).toContain('1 of 12 tools are not valid');
  expect(backup.status).toBe('complete');
  // Whoever lists it later is told too.
  expect(await world.tools.listToolStoreBackups({ target })).toEqual([backup]);
});

test('our own unfinished files are not part of a backup', async () => {
  const world = await makeWorld();
  writeFileSync(world.live('.pi/tools/.okiagari-1234-dt_x.json.tmp'), 'half');
  await world.backUp(night);
  expect(manifestOf(world.inRepository(idAt(night))).files).toHaveLength(13);
});
