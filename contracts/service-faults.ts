/** Faults of a service that no single field shows: members that are not there or lead nowhere, needs that can never be met. */
import { memberKinds, type MemberKind } from '../domain/service/words.ts';
import { wavesOf } from '../domain/service/waves.ts';
import { entries, fields, type CrossFault, type Fields } from './cross-fault.ts';
import { zonesToRepoint } from './endpoint-settings.ts';

/** Of one target; the paths begin there. */
export function serviceFaults(inventory: Fields, target: Fields): CrossFault[] {
  if (target['kind'] !== 'service') return [];
  const sides = Object.keys(fields(target['sides']));
  const members = entries(target['members']);
  const atHome = sides.length === 0 || sides.includes(String(target['home']));
  const faults = members.flatMap(([index, member]) =>
    memberFaults(inventory, member, members, sides).map(({ path, message }) => ({ path: ['members', index, ...path], message })),
  );
  return [
    ...(atHome ? [] : [{ path: ['home'], message: `no side ${String(target['home'])}` }]),
    ...faults,
    ...(faults.length === 0 ? circles(inventory, members) : []),
  ];
}

function memberFaults(inventory: Fields, member: Fields, members: [number, Fields][], sides: readonly string[]): CrossFault[] {
  const found = targetOf(inventory, member);
  if (found === undefined) {
    return [{ path: ['target'], message: `no target ${String(member['target'])} of kind ${memberKinds.join(', ')}` }];
  }
  const leads = fields(member['leads']);
  const known = sides.filter((side) => Object.hasOwn(leads, side)).map((side) => [side, namesOf(leads[side])] as const);
  return [
    ...sides.filter((side) => !Object.hasOwn(leads, side)).map((side) => ({ path: ['leads'], message: `nothing for ${side}` })),
    ...Object.keys(leads)
      .filter((side) => !sides.includes(side))
      .map((side) => ({ path: ['leads', side], message: `no side ${side}` })),
    ...known.flatMap(([side, names], n) =>
      whyNoLead(found, names, known.slice(0, n)).map((message) => ({ path: ['leads', side], message })),
    ),
    ...needsOf(member).flatMap((need, n) => {
      const other = members.find(([, one]) => one['target'] === need)?.[1];
      if (other === undefined) return [{ path: ['needs', n], message: `no member ${need}` }];
      const isLater = Number(other['tier']) > Number(member['tier']);
      return isLater ? [{ path: ['needs', n], message: `${need} is of a later tier` }] : [];
    }),
  ];
}

const targetOf = (inventory: Fields, member: Fields): Fields | undefined =>
  entries(inventory['targets']).find(
    ([, { id, kind }]) => id === member['target'] && memberKinds.includes(kind as MemberKind),
  )?.[1];

const needsOf = (member: Fields): string[] => (Array.isArray(member['needs']) ? member['needs'].map(String) : []);

/** A node belongs to one side alone; and of several only databases can tell which one it should be. */
function whyNoLead(target: Fields, names: readonly string[], before: readonly (readonly [string, string[]])[]): string[] {
  const id = String(target['id']);
  return [
    ...(names.length > 1 && !hasNodes(target) ? [`one side of ${id}, no more`] : []),
    ...names.flatMap((name) => {
      if (!canLead(target, name)) return [`${id} has no ${name}`];
      const other = before.find(([, others]) => others.includes(name));
      return other === undefined ? [] : [`${name} leads to ${other[0]} already`];
    }),
  ];
}

const namesOf = (lead: unknown): string[] => (Array.isArray(lead) ? lead.map(String) : [String(lead)]);
const hasNodes = ({ kind }: Fields): boolean => kind === 'postgres' || kind === 'redis';

/** A node of a database, a side of proxies, a side of every switch of a zone. */
function canLead(target: Fields, lead: string): boolean {
  if (target['kind'] === 'traffic') return Object.hasOwn(fields(target['sides']), lead);
  if (target['kind'] === 'dns-zone') {
    return entries(target['switches']).every(([, one]) => Object.hasOwn(fields(one['sides']), lead));
  }
  return entries(target['nodes']).some(([, { id }]) => id === lead);
}

function circles(inventory: Fields, members: [number, Fields][]): CrossFault[] {
  const ordered = members.map(([, member]) => {
    const target = targetOf(inventory, member)!;
    return {
      target: String(member['target']),
      kind: target['kind'] as MemberKind,
      tier: Number(member['tier']),
      needs: needsOf(member),
      zones: Array.isArray(target['endpoints']) ? zonesToRepoint(target) : [],
    };
  });
  const moved = wavesOf(ordered).flat();
  const stuck = ordered.filter((one) => !moved.includes(one)).map(({ target }) => target);
  return stuck.length === 0
    ? []
    : [{ path: ['members'], message: `${stuck.join(', ')} wait for each other: nobody could be moved` }];
}
