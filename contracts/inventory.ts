/** The inventory: the one file that declares people, repositories and targets. The only source of addresses and rights. */
import { z } from 'zod';
import { duration } from './duration.ts';
import { slug } from './inputs/start.ts';
import { kinds as allKinds, type Kinds } from './kinds.ts';

/** A secret is named, never written: `{ env: NAME }` or `{ file: PATH }`. */
export const secretRef = z.union([z.strictObject({ env: z.string().min(1) }), z.strictObject({ file: z.string().min(1) })], {
  error: 'name the secret as { env: NAME } or { file: PATH }; a literal secret is refused',
});
export type SecretRef = z.infer<typeof secretRef>;

export const roles = ['viewer', 'operator', 'approver', 'auditor', 'admin'] as const;
export type Role = (typeof roles)[number];

const person = z.strictObject({
  id: slug,
  name: z.string().min(1),
  roles: z.array(z.enum(roles)).min(1),
  groups: z.array(slug).default([]),
  token: secretRef,
  contact: z.strictObject({ mail: z.email().optional(), phone: z.string().optional() }).default({}),
});

const repository = z.discriminatedUnion('kind', [
  z.strictObject({ id: slug, kind: z.literal('directory'), path: z.string().min(1) }),
]);
export type RepositoryEntry = z.infer<typeof repository>;

const gatePolicy = z.strictObject({
  need: z.int().min(1).max(9).default(1),
  from: z.array(slug).default([]).describe('Groups that may decide; empty means every approver.'),
  within: duration.optional().describe('Time for this group; a third of the RTO when left out.'),
  then: z.array(z.strictObject({ from: z.array(slug).default([]), within: duration })).default([]),
  otherwise: z.enum(['stop', 'roll-back', 'proceed']).default('stop').describe('What happens when nobody decides.'),
  always: z.boolean().default(false).describe('Ask even where nothing is overwritten.'),
});

const targetHead = {
  id: slug,
  site: slug.default('main'),
  approvals: z.record(slug, gatePolicy).default({}),
  objectives: z.strictObject({ rto: duration.optional(), rpo: duration.optional() }).default({}),
  owner: slug.optional(),
  contacts: z
    .array(
      z.strictObject({
        id: slug,
        mail: z.email().optional(),
        phone: z.string().optional(),
        url: z.url().optional(),
        external: z.boolean().default(false),
      }),
    )
    .default([]),
  links: z.array(z.strictObject({ title: z.string().min(1), url: z.url() })).default([]),
};

/** The schema for the given kinds of target; tests add kinds of their own. */
export function inventorySchema(kinds: Kinds = allKinds) {
  const targets = Object.entries(kinds).map(([kind, entry]) =>
    z.strictObject({ ...targetHead, kind: z.literal(kind), ...entry.settings }),
  );
  return z
    .strictObject({
      version: z.literal(1),
      timezone: z.string().default('Asia/Tokyo').refine(isTimezone, 'an IANA time zone such as Asia/Tokyo'),
      locale: z.enum(['ja', 'en']).default('ja'),
      people: z.array(person).min(1),
      repositories: z.array(repository).default([]),
      approvals: z.strictObject({ acceptUnsignedSignals: z.boolean().default(false) }).default({ acceptUnsignedSignals: false }),
      targets: z.array(z.discriminatedUnion('kind', targets as [(typeof targets)[number]])).min(1),
    })
    .superRefine((inventory, context) => {
      for (const fault of crossFaults(inventory as unknown as Inventory)) context.addIssue({ code: 'custom', ...fault });
    });
}

function isTimezone(name: string): boolean {
  try {
    new Intl.DateTimeFormat('en', { timeZone: name });
    return true;
  } catch {
    return false;
  }
}

type Person = z.infer<typeof person>;
export type TargetEntry = { [K in keyof typeof targetHead]: z.infer<(typeof targetHead)[K]> } & {
  readonly kind: string;
  readonly [setting: string]: unknown;
};

/** A checked inventory. Durations are milliseconds; settings of a kind are typed by that kind. */
export interface Inventory {
  readonly version: 1;
  readonly timezone: string;
  readonly locale: 'ja' | 'en';
  readonly people: readonly Person[];
  readonly repositories: readonly RepositoryEntry[];
  readonly approvals: { readonly acceptUnsignedSignals: boolean };
  readonly targets: readonly TargetEntry[];
}

/** Faults that no single field shows: double ids, names that point nowhere, gates that nobody can satisfy. */
function crossFaults(inventory: Inventory): { path: (string | number)[]; message: string }[] {
  const faults: { path: (string | number)[]; message: string }[] = [];
  for (const list of ['people', 'repositories', 'targets'] as const) {
    const seen = new Set<string>();
    for (const [index, { id }] of inventory[list].entries()) {
      if (seen.has(id)) faults.push({ path: [list, index, 'id'], message: `${id} is there twice` });
      seen.add(id);
    }
  }
  const repositories = new Set(inventory.repositories.map(({ id }) => id));
  const people = new Set(inventory.people.map(({ id }) => id));
  for (const [index, target] of inventory.targets.entries()) {
    const used = Array.isArray(target['repositories']) ? (target['repositories'] as string[]) : [];
    for (const [at, id] of used.entries())
      if (!repositories.has(id)) faults.push({ path: ['targets', index, 'repositories', at], message: `no repository ${id}` });
    if (target.owner !== undefined && !people.has(target.owner))
      faults.push({ path: ['targets', index, 'owner'], message: `no person ${target.owner}` });
    for (const [gate, policy] of Object.entries(target.approvals)) {
      const stages: { from: readonly string[]; path: (string | number)[] }[] = [
        { from: policy.from, path: ['from'] },
        ...policy.then.map(({ from }, at) => ({ from, path: ['then', at, 'from'] })),
      ];
      for (const stage of stages) {
        const able = inventory.people.filter((one) => canApprove(one, stage.from));
        if (able.length < policy.need)
          faults.push({
            path: ['targets', index, 'approvals', gate, ...stage.path],
            message: `needs ${policy.need} approver(s), ${able.length} in ${stage.from.join(', ') || 'the whole inventory'}: nobody can satisfy this gate`,
          });
      }
    }
  }
  return faults;
}

const canApprove = (one: Person, from: readonly string[]): boolean =>
  one.roles.includes('approver') && (from.length === 0 || from.some((group) => one.groups.includes(group)));
