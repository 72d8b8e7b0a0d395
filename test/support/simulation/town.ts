/** Who lives in a simulation, and under which rules they decide. */
import { parseInventory } from '../../../config/inventory.ts';
import type { Inventory } from '../../../contracts/inventory.ts';
import type { Kinds } from '../../../contracts/kinds.ts';
import type { ScenarioEntry } from '../../../contracts/scenario-entry.ts';
import type { Dice } from './dice.ts';

const people = `
version: 1
locale: en
people:
  - { id: hana, name: Hana, roles: [operator, approver], groups: [operations], token: { env: A } }
  - { id: ren, name: Ren, roles: [operator, approver], groups: [admins], token: { env: B } }
  - { id: mio, name: Mio, roles: [approver], groups: [admins], token: { env: C } }
  - { id: sora, name: Sora, roles: [operator], groups: [operations], token: { env: D } }
  - { id: kai, name: Kai, roles: [operator, approver], groups: [operations, admins], token: { env: E } }
`;

/** Rules for the gate of a change, for failed steps, and for refusing safety checks. */
const policies = [
  '',
  '{ need: 2, from: [admins], within: 40s, then: [{ from: [operations], within: 60s }] }',
  '{ need: 1, always: true, within: 30s, otherwise: proceed }',
  '{ need: 2, from: [], within: 90s, otherwise: roll-back }',
  '{ need: 2, from: [admins], within: 60s, alone: after 15s }',
  '{ need: 1, from: [operations], within: 20s, then: [{ from: [admins], within: 60s }], otherwise: stop }',
];
const failedStep = ['', '', '{ need: 1, from: [operations], within: 60s, then: [{ from: [], within: 60s }] }'];

const breakGlass = ['', '{ need: 2, from: [admins], within: 60s, otherwise: roll-back }'];

const parsed = new Map<string, Inventory>();

/** `targets` gives the lines of the targets, each with these rules. */
export function drawInventory(
  dice: Dice,
  gates: readonly string[],
  targets: (approvals: string) => string,
  registry: { readonly kinds: Kinds; readonly scenarios: readonly ScenarioEntry[] },
): Inventory {
  const rules = [
    ...gates.map((gate) => [gate, dice.pick(policies)] as const),
    ['failed-step', dice.pick(failedStep)] as const,
    ['break-glass', dice.pick(breakGlass)] as const,
  ].filter(([, policy]) => policy !== '');
  const approvals = `{ ${rules.map(([gate, policy]) => `${gate}: ${policy}`).join(', ')} }`;
  const text = `${people}approvals: { acceptUnsignedSignals: ${dice.chance(0.5)} }\n${targets(approvals)}`;
  if (!parsed.has(text)) parsed.set(text, parseInventory(text, '/simulation/okiagari.yaml', registry));
  return parsed.get(text)!;
}
