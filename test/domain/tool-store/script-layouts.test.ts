/** The layouts of the runbook's script, from listings alone. */
import { expect, test } from 'vitest';
import { archiveSets, findScriptSets, readScriptMetadata, scriptSetTime } from '../../../domain/tool-store/script-layouts.ts';

const files = (...paths: string[]) => paths.map((path) => ({ path, kind: 'file' as const }));
const tool = 'dt_0123456789ab.json';

test('a day has its tools, its log and its metadata; sub-folders come along', () => {
  const day = '.pi/backups/20260214';
  expect(
    findScriptSets(
      files(`${day}/tools/${tool}`, `${day}/tools/disabled/x.json`, `${day}/dynamic-tools-audit.jsonl`, `${day}/metadata.json`),
    ),
  ).toEqual([
    {
      id: 'script-20260214',
      day: '20260214',
      files: [
        { at: `${day}/tools/${tool}`, path: `.pi/tools/${tool}` },
        { at: `${day}/tools/disabled/x.json`, path: '.pi/tools/disabled/x.json' },
        { at: `${day}/dynamic-tools-audit.jsonl`, path: '.pi/logs/dynamic-tools-audit.jsonl' },
      ],
      links: [],
      metadata: `${day}/metadata.json`,
    },
  ]);
});

test('the nested copy of a second run is a set of its own, and has the metadata', () => {
  const day = '.pi/backups/20260214';
  const sets = findScriptSets(
    files(`${day}/tools/${tool}`, `${day}/tools/tools/${tool}`, `${day}/tools/tools/dt_new.json`, `${day}/metadata.json`),
  );
  expect(
    sets.map(({ id, files: inside, metadata, superseded }) => [id, inside.length, metadata !== undefined, superseded]),
  ).toEqual([
    ['script-20260214', 1, false, true],
    ['script-20260214-2', 2, true, undefined],
  ]);
  expect(sets[1]?.files[0]).toEqual({ at: `${day}/tools/tools/${tool}`, path: `.pi/tools/${tool}` });
});

test('folders that are no days, days without tools, and other files are no backups', () => {
  expect(
    findScriptSets(files('.pi/backups/old/tools/a.json', '.pi/backups/20260215/metadata.json', '.pi/backups/notes.txt')),
  ).toEqual([]);
});

test('links are kept apart, so that the set can be refused', () => {
  const [set] = findScriptSets([
    ...files(`.pi/backups/20260214/tools/${tool}`),
    { path: '.pi/backups/20260214/tools/dt_l.json', kind: 'link' as const },
  ]);
  expect(set?.links).toEqual(['.pi/backups/20260214/tools/dt_l.json']);
  expect(set?.files).toHaveLength(1);
});

test('the emergency layout has its tools at the top of the day', () => {
  const [set] = findScriptSets(files(`.pi/tools/backup/20260301/${tool}`, '.pi/tools/backup/20260301/metadata.json'));
  expect(set).toMatchObject({ id: 'script-tools-backup-20260301', files: [{ path: `.pi/tools/${tool}` }] });
});

test.each([
  ['', [tool]],
  ['', [`tools/${tool}`, 'dynamic-tools-audit.jsonl']],
  ['', [`.pi/tools/${tool}`, '.pi/logs/dynamic-tools-audit.jsonl']],
  ['backup/', [`backup/tools/${tool}`, 'backup/logs/dynamic-tools-audit.jsonl']],
  ['x/', [`x/.pi/tools/${tool}`]],
])('an archive below %j with %j', (_, listing) => {
  const [set, ...more] = archiveSets('script-backup.tar.gz', files(...listing));
  expect(more).toEqual([]);
  expect(set?.files[0]).toMatchObject({ path: `.pi/tools/${tool}`, at: listing[0] });
  expect(set?.files).toHaveLength(listing.length);
});

test('an archive without tools is no backup', () => expect(archiveSets('x', files('readme.txt'))).toEqual([]));

test('metadata is read as far as it goes', () => {
  expect(readScriptMetadata('{"backupDate":"2026-02-14T02:00:00+09:00","toolCount":12,"logSize":,"version":"1.0"}')).toEqual({
    broken: true,
  });
  expect(readScriptMetadata('{"backupDate":"2026-02-14T02:00:00+09:00","toolCount":12}')).toEqual({
    broken: false,
    at: '2026-02-13T17:00:00.000Z',
    tools: 12,
  });
  expect(readScriptMetadata('{"backupDate":"some day","toolCount":"12"}')).toEqual({ broken: false });
});

test('the time: metadata, else the files where they fit the day, else the night of the day', () => {
  expect(scriptSetTime('2026-02-14T00:00:00.000Z', 'x', undefined)).toBe('2026-02-14T00:00:00.000Z');
  expect(scriptSetTime(undefined, '2026-02-14T10:00:00.000Z', '20260214')).toBe('2026-02-14T10:00:00.000Z');
  expect(scriptSetTime(undefined, '2026-11-01T10:00:00.000Z', '20260214')).toBe('2026-02-13T17:00:00.000Z');
  expect(scriptSetTime(undefined, '2026-11-01T10:00:00.000Z', '20269999')).toBe('2026-11-01T10:00:00.000Z');
  expect(scriptSetTime(undefined, '2026-11-01T10:00:00.000Z', undefined)).toBe('2026-11-01T10:00:00.000Z');
});
