/** The inventory file: refused as a whole with every fault by line and path, or taken with its paths made absolute. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { InventoryError, loadInventory, parseInventory, type InventoryFault } from '../../config/inventory.ts';

const file = '/etc/okiagari/okiagari.yaml';
const good = `version: 1
people:
  - { id: hana, name: Hana, roles: [operator], groups: [operations], token: { env: TOKEN_HANA } }
  - { id: ren, name: Ren, roles: [operator, approver], groups: [admins], token: { file: ./tokens/ren } }
repositories:
  - { id: local, kind: directory, path: ./backups }
targets:
  - id: tools
    kind: tool-store
    root: ../project
    repositories: [local]
    approvals: { restore: { from: [admins], within: 5m, then: [{ from: [admins], within: 90s }] } }
    objectives: { rto: 15m, rpo: 1h }
    owner: hana
`;

function refused(text: string): readonly InventoryFault[] {
  try {
    parseInventory(text, file);
  } catch (error) {
    if (error instanceof InventoryError) return error.faults;
    throw error;
  }
  throw new Error('The inventory was taken.');
}
/** The good one with words replaced; every replacement must find its words. */
function changed(...replacements: readonly (readonly [string, string])[]): string {
  return replacements.reduce((text, [from, to]) => {
    expect(text).toContain(from);
    return text.replace(from, to);
  }, good);
}
const faultsOf = (...replacements: readonly (readonly [string, string])[]): string[] =>
  refused(changed(...replacements)).map(({ line, path, message }) => `${line} ${path}: ${message}`);

describe('a good inventory', () => {
  test('is taken with durations in milliseconds and everything else at its default', () => {
    const inventory = parseInventory(good, file);
    expect(inventory).toMatchObject({
      timezone: 'Asia/Tokyo',
      locale: 'ja',
      approvals: { acceptUnsignedSignals: false },
      people: [{ id: 'hana', contact: {} }, { id: 'ren' }],
    });
    expect(inventory.targets[0]).toMatchObject({
      site: 'main',
      objectives: { rto: 900_000, rpo: 3_600_000 },
      approvals: {
        restore: {
          need: 1,
          from: ['admins'],
          within: 300_000,
          then: [{ from: ['admins'], within: 90_000 }],
          otherwise: 'stop',
          always: false,
        },
      },
      criticalTools: [],
      contacts: [],
      links: [],
    });
  });
  test('has its relative paths taken from the folder of the file, and absolute ones as they are', () => {
    const { repositories, targets, people } = parseInventory(good, file);
    expect(repositories[0]).toMatchObject({ path: '/etc/okiagari/backups' });
    expect(targets[0]!['root']).toBe('/etc/project');
    expect(people.map(({ token }) => token)).toEqual([{ env: 'TOKEN_HANA' }, { file: '/etc/okiagari/tokens/ren' }]);
    const absolute = parseInventory(changed(['./backups', '/srv/backups'], ['../project', '/srv/project']), file);
    expect(absolute).toMatchObject({ repositories: [{ path: '/srv/backups' }], targets: [{ root: '/srv/project' }] });
  });
  test.each(['agent: none', 'agent: { running: [pgrep, pi], stop: [kill, pi], start: [pi] }'])('may say %s', (agent) => {
    expect(parseInventory(changed(['owner: hana', agent]), file).targets[0]).toHaveProperty('agent');
  });
});

describe('a literal secret', () => {
  test('is refused with the way to name it, and is not repeated', () => {
    const faults = refused(changed(['{ env: TOKEN_HANA }', 'hunter2']));
    expect(faults).toEqual([
      {
        line: 3,
        path: 'people.0.token',
        message: 'name the secret as { env: NAME } or { file: PATH }; a literal secret is refused',
      },
    ]);
    expect(new InventoryError(file, faults).message).not.toContain('hunter2');
  });
  test.each(['{ env: A, file: B }', '{ env: "" }', '{ value: hunter2 }', '{}', '[A]', 'null', '42'])(
    'as %s is refused too',
    (token) => {
      const faults = refused(changed(['{ env: TOKEN_HANA }', token]));
      expect(faults.length).toBeGreaterThan(0);
      expect(faults.every(({ line, path }) => line === 3 && path.startsWith('people.0.token'))).toBe(true);
      expect(JSON.stringify(faults)).not.toContain('hunter2');
    },
  );
});

describe('one fault is named by line and path:', () => {
  const table: { title: string; change: readonly [string, string]; faults: string[] }[] = [
    { title: 'a key nobody knows', change: ['version: 1', 'version: 1\nsurprise: 1'], faults: ['2 surprise: unknown key'] },
    {
      title: 'keys nobody knows, deep inside, each by itself',
      change: ['owner: hana', 'colour: red\n    shape: round'],
      faults: ['14 targets.0.colour: unknown key', '15 targets.0.shape: unknown key'],
    },
    {
      title: 'a kind of target nobody knows',
      change: ['kind: tool-store', 'kind: punch-cards'],
      faults: [
        "9 targets.0.kind: Invalid discriminator value. Expected 'tool-store' | 'postgres' | 'redis' | 'dns-zone' | 'traffic' | 'service'",
      ],
    },
    {
      title: 'a kind of repository nobody knows',
      change: ['kind: directory', 'kind: tape'],
      faults: ["6 repositories.0.kind: Invalid discriminator value. Expected 'directory' | 's3'"],
    },
    {
      title: 'a duration nobody can read',
      change: ['rto: 15m', 'rto: fifteen minutes'],
      faults: ['13 targets.0.objectives.rto: a duration such as 30s, 15m, 4h or 30d'],
    },
    {
      title: 'a time for a group that is no duration',
      change: ['within: 90s', 'within: soon'],
      faults: ['12 targets.0.approvals.restore.then.0.within: a duration such as 30s, 15m, 4h or 30d'],
    },
    {
      title: 'an id with capitals or spaces',
      change: ['id: tools', 'id: My Tools'],
      faults: ['8 targets.0.id: lower-case letters, digits and hyphens, at most 63'],
    },
    {
      title: 'a time zone that is not on Earth',
      change: ['version: 1', 'version: 1\ntimezone: Mars/Olympus'],
      faults: ['2 timezone: an IANA time zone such as Asia/Tokyo'],
    },
    {
      title: 'a person with the id of another',
      change: ['id: ren', 'id: hana'],
      faults: ['4 people.1.id: hana is there twice'],
    },
    {
      title: 'a repository that is not declared',
      change: ['repositories: [local]', 'repositories: [local, offsite]'],
      faults: ['11 targets.0.repositories.1: no repository offsite'],
    },
    { title: 'an owner who is nobody', change: ['owner: hana', 'owner: kai'], faults: ['14 targets.0.owner: no person kai'] },
    {
      title: 'a gate for a group without an approver',
      change: ['{ from: [admins], within: 5m', '{ from: [operations], within: 5m'],
      faults: ['12 targets.0.approvals.restore.from: needs 1 approver(s), 0 in operations: nobody can satisfy this gate'],
    },
    {
      title: 'a later group without an approver',
      change: ['{ from: [admins], within: 90s', '{ from: [board], within: 90s'],
      faults: ['12 targets.0.approvals.restore.then.0.from: needs 1 approver(s), 0 in board: nobody can satisfy this gate'],
    },
    {
      title: 'nobody who could approve, also where no policy is written',
      change: ['roles: [operator, approver], groups: [admins]', 'roles: [operator], groups: [admins]'],
      faults: [
        '3 people: no approver: nobody could approve a plan',
        '12 targets.0.approvals.restore.from: needs 1 approver(s), 0 in admins: nobody can satisfy this gate',
        '12 targets.0.approvals.restore.then.0.from: needs 1 approver(s), 0 in admins: nobody can satisfy this gate',
      ],
    },
    {
      title: 'a gate that no scenario opens',
      change: ['restore: { from', 'restor: { from'],
      faults: [
        expect.stringMatching(
          /^12 targets\.0\.approvals\.restor: no gate of that name; there are .*\brestore, .*failed-step, break-glass$/,
        ),
      ],
    },
    {
      title: 'a failed step that would be retried for ever',
      change: ['approvals: { restore', 'approvals: { failed-step: { within: 1m, otherwise: proceed }, restore'],
      faults: [
        '12 targets.0.approvals.failed-step.otherwise: proceed would retry a failed step for ever; choose stop or roll-back',
      ],
    },
    {
      title: 'a gate that needs more approvers than there are',
      change: ['restore: { from: [admins], within: 5m, then: [{ from: [admins], within: 90s }] }', 'restore: { need: 2 }'],
      faults: [
        '12 targets.0.approvals.restore.from: needs 2 approver(s), 1 in the whole inventory: nobody can satisfy this gate',
      ],
    },
  ];
  test.each(table)('$title', ({ change, faults }) => expect(faultsOf(change)).toEqual(faults));
});

describe('what is wrong in many places', () => {
  test('is listed whole, in one refusal that names the file', () => {
    const text = changed(
      ['version: 1', 'version: 2'],
      ['roles: [operator]', 'roles: [king]'],
      ['{ env: TOKEN_HANA }', 'hunter2'],
      ['path: ./backups', 'path: ""'],
      ['root: ../project', 'rooot: ../project'],
      ['rpo: 1h', 'rpo: never'],
    );
    const faults = refused(text);
    expect(new Set(faults.map(({ line, path }) => `${line} ${path}`))).toEqual(
      new Set([
        '1 version',
        '3 people.0.roles.0',
        '3 people.0.token',
        '6 repositories.0.path',
        '8 targets.0.root',
        '10 targets.0.rooot',
        '13 targets.0.objectives.rpo',
      ]),
    );
    const { message } = new InventoryError(file, faults);
    expect(message.split('\n')).toHaveLength(8);
    expect(message).toMatch(/^\/etc\/okiagari\/okiagari.yaml is refused:\n {2}line 1: version: /);
  });
  test('between its parts is listed whole too: doubles, names that point nowhere, gates nobody can satisfy', () => {
    expect(
      faultsOf(
        ['id: ren', 'id: hana'],
        ['repositories: [local]', 'repositories: [nowhere]'],
        ['owner: hana', 'owner: kai'],
        ['{ from: [admins], within: 5m', '{ from: [operations], within: 5m'],
      ).map((fault) => fault.split(': ')[0]),
    ).toEqual(['4 people.1.id', '11 targets.0.repositories.0', '14 targets.0.owner', '12 targets.0.approvals.restore.from']);
  });
});

describe('what is no inventory at all', () => {
  test.each([
    ['nothing', '', 1],
    ['a list', '- a\n', 1],
    ['a sentence', 'hello\n', 1],
    ['broken brackets', 'version: 1\npeople: [\n', 3],
    ['a tab as indentation', 'version: 1\npeople:\n\t- a\n', 3],
    ['a key twice', 'version: 1\nversion: 1\n', 2],
    ['two documents', 'version: 1\n---\nversion: 1\n', 2],
  ])('%s is refused with its line', (_, text, line) => {
    const faults = refused(text);
    expect(faults[0]).toMatchObject({ line });
    expect(faults[0]!.message).not.toBe('');
  });
});

describe('a file', () => {
  let folder: string;
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'okiagari-inventory-'));
  });
  afterAll(() => rmSync(folder, { recursive: true }));

  test('is read, with paths from its own folder', () => {
    writeFileSync(join(folder, 'okiagari.yaml'), good);
    expect(loadInventory(join(folder, 'okiagari.yaml')).repositories[0]).toMatchObject({ path: join(folder, 'backups') });
  });
  test('that is not there is refused like a wrong one', () => {
    expect(() => loadInventory(join(folder, 'other.yaml'))).toThrow(InventoryError);
    expect(() => loadInventory(join(folder, 'other.yaml'))).toThrow(
      /other\.yaml is refused:\n {2}line 0: \(file\): cannot be read: ENOENT/,
    );
  });
});
