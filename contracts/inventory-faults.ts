/** Faults of an inventory that no single field shows: double ids, names that point nowhere, gates that nobody can satisfy. */
import { defaultPolicy } from '../domain/gate-policy.ts';
import { cdnFaults } from './cdn-faults.ts';
import { entries, fields, type CrossFault, type Fields } from './cross-fault.ts';
import { dnsStandbyFaults } from './dns-standby-faults.ts';
import { duration } from './duration.ts';
import { endpointFaults } from './endpoint-faults.ts';
import { neededAt, type ScenarioEntry } from './scenario-entry.ts';
import { serviceFaults } from './service-faults.ts';
import { switchOverFaults } from './switch-over-faults.ts';
import { trafficFaults } from './traffic-faults.ts';

const listsWithIds = [['people'], ['repositories'], ['notify', 'webhooks'], ['trust', 'publicKeys'], ['targets']] as const;

/** Reads the file's content as far as it has the right shape, so that every fault is told in one go, also beside wrong shapes. */
export function crossFaults(content: unknown, scenarios: readonly ScenarioEntry[]): CrossFault[] {
  const inventory = fields(content);
  return [
    ...listsWithIds.flatMap((path) => doubles(inventory, path)),
    ...nobodyWith(inventory, 'approver', 'nobody could approve a plan'),
    ...nobodyWith(inventory, 'operator', 'nobody could start a recovery or decide at a failed step'),
    ...entries(inventory['targets']).flatMap(([index, target]) => [
      ...[dangling, endpointFaults, switchOverFaults, serviceFaults, cdnFaults, dnsStandbyFaults, trafficFaults]
        .flatMap((look) => look(inventory, target))
        .map(at('targets', index)),
      ...Object.entries(fields(target['approvals'])).flatMap(([gate, policy]) =>
        gateFaults(inventory, target, gate, fields(policy), scenarios).map(at('targets', index, 'approvals', gate)),
      ),
    ]),
  ];
}

/** The default policies ask everybody with the role: there has to be one. */
function nobodyWith(inventory: Fields, role: string, why: string): CrossFault[] {
  const people = entries(inventory['people']);
  const able = people.some(([, person]) => strings(person['roles']).includes(role));
  return able || people.length === 0 ? [] : [{ path: ['people'], message: `no ${role}: ${why}` }];
}

function doubles(inventory: Fields, path: readonly string[]): CrossFault[] {
  const seen = new Set<unknown>();
  const list = path.reduce<unknown>((value, key) => fields(value)[key], inventory);
  return entries(list).flatMap(([index, { id }]) => {
    const double = seen.has(id);
    seen.add(id);
    return double && typeof id === 'string' ? [{ path: [...path, index, 'id'], message: `${id} is there twice` }] : [];
  });
}

function dangling(inventory: Fields, target: Fields): CrossFault[] {
  const repositories = ids(inventory['repositories']);
  // Said of the target itself, or of its backups.
  const named = [
    ...strings(target['repositories']).map((id, index) => ({ id, path: ['repositories', index] })),
    ...strings(fields(target['backup'])['repositories']).map((id, index) => ({ id, path: ['backup', 'repositories', index] })),
  ];
  const unknown = named.flatMap(({ id, path }) => (repositories.has(id) ? [] : [{ path, message: `no repository ${id}` }]));
  const { owner } = target;
  const nobody = typeof owner === 'string' && !ids(inventory['people']).has(owner);
  return nobody ? [...unknown, { path: ['owner'], message: `no person ${owner}` }] : unknown;
}

/** Policies that no scenario opens by name, but the kernel does. */
const kernelGates = ['failed-step', 'break-glass'];

function gateFaults(
  inventory: Fields,
  target: Fields,
  gate: string,
  policy: Fields,
  scenarios: readonly ScenarioEntry[],
): CrossFault[] {
  const served = scenarios.filter(({ kinds }) => kinds.includes(String(target['kind'])));
  const known = served.flatMap(({ gates }) => gates.map(({ id }) => id));
  // A kind that nobody knows is told as such already.
  if (known.length === 0) return [];
  const names = [...new Set([...known, ...kernelGates])];
  if (!names.includes(gate)) return [{ path: [], message: `no gate of that name; there are ${names.join(', ')}` }];
  const need = typeof policy['need'] === 'number' ? policy['need'] : 1;
  if (kernelGates.includes(gate)) {
    if (policy['otherwise'] === 'proceed') {
      return [{ path: ['otherwise'], message: 'proceed would retry a failed step for ever; choose stop or roll-back' }];
    }
    if (policy['alone'] !== undefined) return [{ path: ['alone'], message: 'nobody approves here; it is for gates of changes' }];
    if (gate === 'break-glass' && need < 2) {
      return [{ path: ['need'], message: 'a refusing safety check is overridden by two people at least: need: 2' }];
    }
  }
  const least = neededAt(gate, served);
  if (need < least) return [{ path: ['need'], message: `this gate takes ${least} people at least: need: ${least}` }];
  if (least > 1 && policy['alone'] !== undefined) {
    return [{ path: ['alone'], message: `this gate takes ${least} people: nobody goes on alone` }];
  }
  const stages = [
    { from: strings(policy['from']), path: ['from'] },
    ...entries(policy['then']).map(([index, stage]) => ({ from: strings(stage['from']), path: ['then', index, 'from'] })),
  ];
  const role = gate === 'failed-step' ? 'operator' : 'approver';
  const unsatisfied = stages.flatMap(({ from, path }) => {
    const able = entries(inventory['people']).filter(([, person]) => mayDecide(person, role, from)).length;
    const where = from.join(', ') || 'the whole inventory';
    return able < need ? [{ path, message: `needs ${need} ${role}(s), ${able} in ${where}: nobody can satisfy this gate` }] : [];
  });
  const opening = served.filter(({ gates }) => gates.some(({ id }) => id === gate));
  return [...unsatisfied, ...aloneTooLate(target, policy, opening)];
}

/** Whoever waits for the right to go on alone must not find the gate closed; without a time it has a third of the longest RTO of those that open it. */
function aloneTooLate(target: Fields, policy: Fields, served: readonly ScenarioEntry[]): CrossFault[] {
  const alone = typeof policy['alone'] === 'string' ? milliseconds(policy['alone'].replace(/^after /, '')) : undefined;
  if (alone === undefined) return [];
  const rto = milliseconds(fields(target['objectives'])['rto']) ?? Math.max(...served.map(({ objectives }) => objectives.rtoMs));
  const first = milliseconds(policy['within']) ?? defaultPolicy(rto).stages[0]!.withinMs ?? Infinity;
  const ends = entries(policy['then']).reduce((sum, [, stage]) => sum + (milliseconds(stage['within']) ?? Infinity), first);
  return alone < ends ? [] : [{ path: ['alone'], message: `the gate has ended by then, after ${ends / 1_000} s` }];
}

const mayDecide = (person: Fields, role: string, from: readonly string[]): boolean =>
  strings(person['roles']).includes(role) &&
  (from.length === 0 || from.some((group) => strings(person['groups']).includes(group)));

const at =
  (...path: (string | number)[]) =>
  (fault: CrossFault): CrossFault => ({ ...fault, path: [...path, ...fault.path] });
/** Undefined for what is no duration: that is told as such already. */
const milliseconds = (value: unknown): number | undefined => duration.safeParse(value).data;
const strings = (value: unknown): string[] => (Array.isArray(value) ? value.filter((item) => typeof item === 'string') : []);
const ids = (value: unknown): ReadonlySet<unknown> => new Set(entries(value).map(([, { id }]) => id));
