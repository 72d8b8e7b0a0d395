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

/** The schema for the given kinds of target; tests add kinds of their own. What no single field shows is in inventory-faults.ts. */
export function inventorySchema(kinds: Kinds = allKinds) {
  const targets = Object.entries(kinds).map(([kind, entry]) =>
    z.strictObject({ ...targetHead, kind: z.literal(kind), ...entry.settings }),
  );
  return z.strictObject({
    version: z.literal(1),
    timezone: z.string().default('Asia/Tokyo').refine(isTimezone, 'an IANA time zone such as Asia/Tokyo'),
    locale: z.enum(['ja', 'en']).default('ja'),
    people: z.array(person).min(1),
    repositories: z.array(repository).default([]),
    approvals: z.strictObject({ acceptUnsignedSignals: z.boolean().default(false) }).default({ acceptUnsignedSignals: false }),
    targets: z.array(z.discriminatedUnion('kind', targets as [(typeof targets)[number]])).min(1),
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
