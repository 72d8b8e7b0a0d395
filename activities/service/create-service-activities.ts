/** The effects on a whole service, made of ports; each stays alive in Temporal's eyes while it works. */
import { answerService } from '../../domain/service/checklist.ts';
import { judgeService, suggestMove, type SeenService } from '../../domain/service/judge-service.ts';
import { alive } from '../alive.ts';
import type { Ports } from '../ports/index.ts';
import type { ServiceActivities, ServiceMoveActivities } from './interface.ts';
import { activate, deactivate, planOf, proveSide, verify, watch } from './move.ts';
import { membersOf, probeAll, serviceTarget } from './target.ts';
import { whereabouts } from './whereabouts.ts';

export const createServiceActivities = (ports: Ports): ServiceActivities & ServiceMoveActivities => ({
  diagnoseService: ({ target }) =>
    alive(async (signal) => {
      const seen = await look(ports, target, signal);
      return { target, at: new Date().toISOString(), symptoms: judgeService(seen), suggests: suggestMove(seen) };
    }),
  checkService: ({ target }) => alive(async (signal) => answerService(await look(ports, target, signal))),
  planServiceMove: (input) => alive((signal) => planOf(ports, input, signal)),
  activateSide: (input) => alive((signal) => activate(ports, input, signal)),
  deactivateSide: (input) => alive((signal) => deactivate(ports, input, signal)),
  proveSide: (input) => alive((signal) => proveSide(ports, input, signal)),
  watchSide: (input) => alive((signal) => watch(ports, input, signal)),
  verifyServiceMove: (input) => alive((signal) => verify(ports, input, signal)),
});

async function look(ports: Ports, target: string, signal?: AbortSignal): Promise<SeenService> {
  const service = serviceTarget(ports, target);
  const members = membersOf(ports, service);
  const [seen, sides] = await Promise.all([whereabouts(ports, members, signal), probeAll(ports, service, signal)]);
  return { home: service.home, members, seen, sides };
}
