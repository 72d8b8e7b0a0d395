/** The effects on a zone of names, made of ports; each stays alive in Temporal's eyes while it works. */
import { answerNames, answerResolvers, answerServers } from '../../domain/dns/checklist.ts';
import { judgeZone } from '../../domain/dns/judge-zone.ts';
import { alive } from '../alive.ts';
import type { Ports } from '../ports/index.ts';
import { applySwitch, planOf, undoSwitch } from './change.ts';
import type { DnsActivities } from './interface.ts';
import { assess, awaitResolvers, awaitServers, verify } from './look.ts';
import { giveBack, planOfTakeover, takeOver } from './takeover.ts';
import { dnsZone, lookAtZone, rtoOf } from './target.ts';

export const createDnsActivities = (ports: Ports): DnsActivities => {
  const lookAt = async (target: string, signal?: AbortSignal) => {
    const zone = dnsZone(ports, target);
    const seen = await lookAtZone(ports, zone, signal);
    return { seen, switches: zone.switches, symptoms: judgeZone(seen, zone.switches, rtoOf(zone)) };
  };
  return {
    // Names alone do not say whether the side that they lead to is well: nothing is suggested.
    diagnoseDns: ({ target }) =>
      alive(async (signal) => {
        const { symptoms } = await lookAt(target, signal);
        return { target, at: new Date().toISOString(), symptoms, suggests: [] };
      }),
    checkDnsServers: ({ target }) =>
      alive(async (signal) => {
        const { seen, symptoms } = await lookAt(target, signal);
        return answerServers(seen, symptoms);
      }),
    checkDnsNames: ({ target }) =>
      alive(async (signal) => {
        const { seen, switches, symptoms } = await lookAt(target, signal);
        return answerNames(seen, switches, symptoms);
      }),
    checkDnsResolvers: ({ target }) =>
      alive(async (signal) => {
        const { seen, switches } = await lookAt(target, signal);
        return answerResolvers(seen, switches);
      }),
    assessDns: (input) => alive((signal) => assess(ports, input, signal)),
    planTakeover: (input) => alive((signal) => planOfTakeover(ports, input, signal)),
    applyTakeover: (input) => alive((signal) => takeOver(ports, input, signal)),
    undoTakeover: (input) => alive((signal) => giveBack(ports, input, signal)),
    planDns: (input) => alive((signal) => planOf(ports, input, signal)),
    applyDns: (input) => alive((signal) => applySwitch(ports, input, signal)),
    undoDns: (input) => alive((signal) => undoSwitch(ports, input, signal)),
    awaitDnsServers: (input) => alive((signal) => awaitServers(ports, input, signal)),
    awaitDnsResolvers: (input) => alive((signal) => awaitResolvers(ports, input, signal)),
    verifyDns: (input) => alive((signal) => verify(ports, input, signal)),
  };
};
