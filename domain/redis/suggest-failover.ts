/** When a failover is worth a thought: nobody takes writes, and a replica could. */
import type { Diagnosis } from '../diagnosis.ts';
import { isShut } from '../silent-node.ts';
import { chooseReplica } from './can-promote.ts';
import { isLive, isMaster, type NodeReport } from './node-report.ts';

export function suggestFailover(reports: readonly NodeReport[]): Diagnosis['suggests'] {
  const successor = chooseReplica(reports);
  // One that answers and only does not let us in may take writes from everybody else.
  if (reports.some((report) => isMaster(report) || (!isLive(report) && isShut(report))) || successor === undefined) return [];
  return [
    {
      scenario: 'redis-failover',
      input: {},
      why: {
        en: `Nobody takes writes, and ${successor.node} could take over.`,
        ja: `書き込み可能なノードがなく、${successor.node} が引き継げます。`,
      },
    },
  ];
}
