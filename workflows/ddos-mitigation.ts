/** Seed B, 2.1: a flood of requests is held off at the proxies, stage by stage, and everything is lowered again when it is over. */
import { ddosMitigationInput } from '../contracts/inputs/ddos-mitigation.ts';
import { recovery } from './kit/recovery.ts';
import { protectionOf } from './steps/protection.ts';

export const ddosMitigation = recovery('ddos-mitigation', ddosMitigationInput, async (r, input) => {
  const protection = protectionOf(r);
  const situation = await protection.assess(input);
  do await protection.raise(situation);
  while (!(await protection.hold(situation)));
  await protection.lower(situation);
  await protection.verify();
});
