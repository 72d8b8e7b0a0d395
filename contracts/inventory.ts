/** The inventory: the one file that declares people, repositories and targets. The only source of addresses and rights. */
import { z } from 'zod';
import { duration } from './duration.ts';
import { slug } from './inputs/start.ts';
import { kinds as allKinds, type Kinds } from './kinds.ts';
import { secretRef } from './secret-ref.ts';

export const roles = ['viewer', 'operator', 'approver', 'auditor', 'admin'] as const;
export type Role = (typeof roles)[number];

const person = z.strictObject({
  id: slug,
  name: z.string().min(1),
  roles: z.array(z.enum(roles)).min(1),
  groups: z.array(slug).default([]),
  token: secretRef,
  locale: z
    .enum(['ja', 'en'])
    .optional()
    .describe('Language of messages to this person; the language of documents when left out.'),
  contact: z.strictObject({ mail: z.email().optional(), phone: z.string().optional() }).default({}),
});

const objectStore = z.strictObject({
  id: slug,
  kind: z.literal('s3'),
  endpoint: z
    .url({ protocol: /^https?$/ })
    .refine((text) => !/^https?:\/\/[^/]*@/.test(text), 'an address without user and password')
    .optional()
    .describe('Address of the object store; AWS itself when left out.'),
  region: z.string().min(1).default('us-east-1'),
  bucket: z.string().regex(/^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$/, 'a bucket name'),
  prefix: z
    .string()
    .regex(/^[A-Za-z0-9_-]+(\/[A-Za-z0-9_-]+)*$/, 'folder names without a slash at either end')
    .optional()
    .describe('Folder in the bucket; nothing outside of it is read or written.'),
  forcePathStyle: z.boolean().optional().describe('Bucket in the path, not in the host name; true where an endpoint is given.'),
  lock: z
    .strictObject({ mode: z.enum(['COMPLIANCE', 'GOVERNANCE']), days: z.int().min(1).max(36_500) })
    .optional()
    .describe('Each object is locked for so many days, or until its backup may go if that is sooner.'),
  accessKeyId: secretRef,
  secretAccessKey: secretRef,
});
export type ObjectStoreEntry = z.infer<typeof objectStore>;

const directory = z.strictObject({ id: slug, kind: z.literal('directory'), path: z.string().min(1) });
export type DirectoryEntry = z.infer<typeof directory>;

const repository = z.discriminatedUnion('kind', [directory, objectStore]);
export type RepositoryEntry = z.infer<typeof repository>;

/** Public keys are no secrets: PEM in place, or in a file beside the inventory. */
const publicKey = z.union([
  z.strictObject({ id: slug, pem: z.string().startsWith('-----BEGIN PUBLIC KEY-----') }),
  z.strictObject({ id: slug, file: z.string().min(1) }),
]);
export type PublicKeyEntry = z.infer<typeof publicKey>;

const notify = z.strictObject({
  smtp: z
    .strictObject({
      url: secretRef.describe('Such as smtp://mail.example.jp:587 or smtps://user:password@mail.example.jp.'),
      from: z.string().min(3),
    })
    .optional(),
  webhooks: z
    .array(z.strictObject({ id: slug, url: secretRef, secret: secretRef.describe('Signs each body (HMAC-SHA256).') }))
    .default([]),
  link: z.url().default('http://127.0.0.1:8080').describe('Where people reach the API; stands in every message.'),
});
export type NotifyEntry = z.infer<typeof notify>;

const gatePolicy = z.strictObject({
  need: z.int().min(1).max(9).default(1),
  from: z.array(slug).default([]).describe('Groups that may decide; empty means every approver.'),
  within: duration.optional().describe('Time for this group; a third of the RTO when left out.'),
  then: z.array(z.strictObject({ from: z.array(slug).default([]), within: duration })).default([]),
  otherwise: z.enum(['stop', 'roll-back', 'proceed']).default('stop').describe('What happens when nobody decides.'),
  always: z.boolean().default(false).describe('Ask even where nothing is overwritten.'),
  alone: z
    .string()
    .regex(/^after \d{1,6}(s|m|h|d)$/, '`after` and a duration, such as after 10m')
    .transform((text) => duration.parse(text.slice('after '.length)))
    .optional()
    .describe('From then on one operator may go on alone with what can be undone; everyone is told, a review opens.'),
});

const targetHead = {
  id: slug,
  site: slug.default('main'),
  sandbox: z.literal(true).optional().describe('Nobody depends on it: a drill may break it.'),
  approvals: z.record(slug, gatePolicy).default({}),
  objectives: z.strictObject({ rto: duration.optional(), rpo: duration.optional() }).default({}),
  coolDown: duration.optional().describe('After a recovery, the same scenario needs an acknowledgement for so long.'),
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
    notify: notify.optional(),
    trust: z.strictObject({ publicKeys: z.array(publicKey).default([]) }).default({ publicKeys: [] }),
    reviews: z
      .strictObject({ within: duration.default(72 * 3_600_000) })
      .default({ within: 72 * 3_600_000 })
      .describe('How long a review may stay open after somebody decided alone or overrode a safety check.'),
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

export type Person = z.infer<typeof person>;
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
  readonly notify?: NotifyEntry | undefined;
  readonly trust: { readonly publicKeys: readonly PublicKeyEntry[] };
  readonly reviews: { readonly within: number };
  readonly approvals: { readonly acceptUnsignedSignals: boolean };
  readonly targets: readonly TargetEntry[];
}
