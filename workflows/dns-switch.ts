/** Users are led to another side by names: planned with a TTL that is lowered ahead, in an outage at once. */
import { dnsSwitchInput } from '../contracts/inputs/dns-switch.ts';
import { recovery } from './kit/recovery.ts';
import { dnsSteps } from './steps/dns.ts';

export const dnsSwitch = recovery('dns-switch', dnsSwitchInput, async (r, { planned, force, ...wanted }) => {
  const dns = dnsSteps(r);
  dns.force(force);
  const wish = await dns.assess(wanted);
  await dns.takeOver(wish);
  if (planned) await dns.lower(wish);
  const givenUp = await dns.lead(wish, { isLowered: planned });
  if (planned) await dns.restoreTtl(wish);
  await dns.verify(wish, givenUp);
});
