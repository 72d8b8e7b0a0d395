/** The inventory's channels and keys: literal secrets refused, double ids and rights that come too late told, paths made absolute. */
import { describe, expect, test } from 'vitest';
import { InventoryError, parseInventory } from '../../config/inventory.ts';

const text = (fields: string, policy = '{}', target = '') => `version: 1
people:
  - { id: hana, name: Hana, roles: [operator], token: { env: A } }
  - { id: ren, name: Ren, roles: [approver], token: { env: B } }
repositories: [{ id: local, kind: directory, path: ./backups }]
targets:
  - { id: tools, kind: tool-store, root: ., repositories: [local]${target}, approvals: { restore: ${policy} } }
${fields}
`;
const parse = (...given: Parameters<typeof text>) => parseInventory(text(...given), '/etc/okiagari/okiagari.yaml');
function faults(...given: Parameters<typeof text>): string[] {
  try {
    parse(...given);
  } catch (error) {
    if (error instanceof InventoryError) return error.faults.map(({ path, message }) => `${path}: ${message}`);
    throw error;
  }
  return [];
}

describe('channels', () => {
  test('may be left out, or have a link of their own', () => {
    expect(parse('').notify).toBeUndefined();
    expect(parse('notify: {}').notify).toEqual({ webhooks: [], link: 'http://127.0.0.1:8080' });
  });

  test('have their secrets and keys taken from the folder of the file', () => {
    const { notify, trust } = parse(`
notify:
  smtp: { url: { file: ./secrets/smtp }, from: okiagari@example.jp }
  webhooks:
    - { id: chat, url: { file: secrets/chat }, secret: { file: ../run/chat } }
    - { id: pager, url: { env: PAGER }, secret: { env: PAGER_KEY } }
trust: { publicKeys: [{ id: osaka, file: ./keys/osaka.pem }, { id: tokyo, pem: '-----BEGIN PUBLIC KEY-----' }] }`);
    expect(notify?.smtp?.url).toEqual({ file: '/etc/okiagari/secrets/smtp' });
    expect(notify?.webhooks.map(({ url, secret }) => [url, secret])).toEqual([
      [{ file: '/etc/okiagari/secrets/chat' }, { file: '/etc/run/chat' }],
      [{ env: 'PAGER' }, { env: 'PAGER_KEY' }],
    ]);
    expect(trust.publicKeys).toEqual([
      { id: 'osaka', file: '/etc/okiagari/keys/osaka.pem' },
      { id: 'tokyo', pem: '-----BEGIN PUBLIC KEY-----' },
    ]);
  });

  test('with a literal secret are refused, and it is not repeated', () => {
    const told = faults('notify: { smtp: { url: "smtp://u:hunter2@h", from: a@b.jp } }').join();
    expect(told).toContain('notify.smtp.url: name the secret as');
    expect(told).not.toContain('hunter2');
  });

  test('and trusted keys have ids of their own', () => {
    const hook = '{ id: chat, url: { env: A }, secret: { env: B } }';
    expect(faults(`notify: { webhooks: [${hook}, ${hook}] }`)).toEqual(['notify.webhooks.1.id: chat is there twice']);
    const key = '{ id: osaka, file: a.pem }';
    expect(faults(`trust: { publicKeys: [${key}, ${key}] }`)).toEqual(['trust.publicKeys.1.id: osaka is there twice']);
  });
});

describe('the right to go on alone', () => {
  test.each([
    ['within the first time', '{ alone: after 4m, within: 5m }', '', undefined],
    ['at its very end', '{ alone: after 5m, within: 5m }', '', '300'],
    ['within the time of a later group', '{ alone: after 7m, within: 5m, then: [{ within: 5m }] }', '', undefined],
    ['after the last group', '{ alone: after 10m, within: 5m, then: [{ within: 5m }] }', '', '600'],
    ['within a third of the RTO, where no time is given', '{ alone: after 19m }', ', objectives: { rto: 1h }', undefined],
    ['after a third of the RTO', '{ alone: after 20m }', ', objectives: { rto: 1h }', '1200'],
    // The longest RTO of the scenarios counts: 4 h.
    ['within a third of the RTO of a scenario', '{ alone: after 79m }', '', undefined],
    ['after a third of the RTO of every scenario', '{ alone: after 80m }', '', '4800'],
  ])('%s', (_, policy, target, ends) => {
    const expected = ends === undefined ? [] : [`targets.0.approvals.restore.alone: the gate has ended by then, after ${ends} s`];
    expect(faults('', policy, target)).toEqual(expected);
  });

  test('that nobody can read is told as that alone', () => {
    expect(faults('', '{ alone: soon }')).toEqual([
      'targets.0.approvals.restore.alone: `after` and a duration, such as after 10m',
    ]);
  });
});
