/** A service of names in an inventory without servers, declared a sandbox as far as a test says. */
import { parseInventory } from '../../config/inventory.ts';
import type { Inventory } from '../../contracts/inventory.ts';

interface Declared {
  /** Those of `shop` and its member `names` that are. */
  readonly sandboxes?: readonly string[];
  readonly drill?: boolean;
}

export function withSandbox(inventory: Inventory, { sandboxes = ['shop', 'names'], drill = true }: Declared = {}): Inventory {
  const sandbox = (id: string): string => (sandboxes.includes(id) ? 'sandbox: true, ' : '');
  const probes = `{ probes: [{ id: web, url: 'http://side.example.jp/' }] }`;
  const text = [
    'version: 1',
    'people: [{ id: hana, name: Hana, roles: [operator, approver], token: { env: TEST_TOKEN_HANA } }]',
    'targets:',
    `  - { id: shop, kind: service, ${sandbox('shop')}home: home, sides: { home: ${probes}, dr: ${probes} }, ` +
      (drill ? 'drill: { isolate: { run: [cut], undo: [mend] } }, ' : '') +
      'members: [{ target: names, tier: 1, leads: { home: home, dr: dr } }] }',
    `  - { id: names, kind: dns-zone, ${sandbox('names')}zone: shodo.test, servers: [{ id: a, host: a }], ` +
      'provider: { kind: rfc2136, key: { name: k, secret: { env: TEST_HOOK_SECRET } } }, ' +
      'switches: [{ id: api, name: api, type: CNAME, ttl: 60, sides: { home: [h.shodo.test.], dr: [d.shodo.test.] } }] }',
  ].join('\n');
  return { ...inventory, targets: [...inventory.targets, ...parseInventory(text, '/nowhere/okiagari.yaml').targets] };
}
