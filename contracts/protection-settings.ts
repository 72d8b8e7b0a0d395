/** What the inventory says of the protection that proxies can raise against floods of requests. */
import { z } from 'zod';
import { duration } from './duration.ts';
import { network } from './inputs/ddos-mitigation.ts';
import { proxyName } from './proxy-name.ts';
import { secretRef } from './secret-ref.ts';
import { probe } from './traffic-probe.ts';

/** Nothing in it could end a command. */
const filePath = z.string().regex(/^\/[A-Za-z0-9_./-]{1,200}$/, 'an absolute path of letters, digits, `_`, `.` and `-`');
const perSecond = z.int().min(1).max(10_000_000);

const stage = z.strictObject({
  limit: z.int().min(1).max(1_000_000).describe('Requests that a source may make within the period of the table.'),
  deny: z.int().min(0).max(1_000).default(0).describe('So many of the worst sources are denied.'),
});

export const protection = z.strictObject({
  frontend: proxyName.describe('Whose rules protect, and whose requests are counted.'),
  table: proxyName.describe('The stick table that counts `http_req_rate` of each source.'),
  limits: z.strictObject({ map: filePath, key: proxyName.default('requests') }).describe('The map that the limit is read from.'),
  denyList: filePath.describe('File of the list of those who are denied.'),
  allowList: filePath.describe('File of the list of those who are denied nothing; has to hold all of `never`.'),
  never: z.array(network).min(1).max(200).describe('Probes and operators: never denied, whatever they send.'),
  attacker: z
    .int()
    .min(1)
    .max(10_000_000)
    .default(200)
    .describe('Requests within the period of the table that make an attacker.'),
  stages: z
    .array(stage)
    .min(1)
    .max(5)
    .default([
      { limit: 100, deny: 0 },
      { limit: 20, deny: 100 },
    ])
    .describe('One after the other, until it is enough.'),
  askAbove: z.int().min(0).max(1_000).default(20).describe('People are asked where more sources than these would be denied.'),
  bears: perSecond.describe('Requests a second that may get through, all proxies together.'),
  lowerBelow: perSecond.optional().describe('Requests a second that come in when it is over; as many as `bears` when left out.'),
  lowerAfter: duration.default(600_000).describe('So long it has to be calm before everything is lowered.'),
  atMost: duration.default(6 * 3_600_000).describe('Then people are asked whether it is held on.'),
  watch: z
    .strictObject({
      window: duration.default(3_000).describe('Rates are measured over so long.'),
      within: duration.default(20_000).describe('A stage that is not enough by then is followed by the next.'),
      latency: duration.default(2_000).describe('The probe is answered within.'),
    })
    .prefault({}),
  probe: probe.describe('As users come: through the proxies.'),
  hook: z
    .strictObject({ url: secretRef, secret: secretRef.describe('Signs each body (HMAC-SHA256).') })
    .optional()
    .describe('A WAF or CDN that is told to raise and to lower.'),
});

export type ProtectionSettings = z.infer<typeof protection>;
