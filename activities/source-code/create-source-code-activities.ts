/** The effects of bringing code from its git sources, made of ports; each stays alive in Temporal's eyes while it works. */
import { alive } from '../alive.ts';
import type { Ports } from '../ports/index.ts';
import { applySources } from './apply-sources.ts';
import { compareSources } from './compare-sources.ts';
import type { SourceCodeActivities } from './interface.ts';
import { planSources } from './plan-sources.ts';
import { undoSources } from './undo-sources.ts';

export const createSourceCodeActivities = (ports: Ports): SourceCodeActivities => ({
  compareSources: (input) => alive((signal) => compareSources(ports, input, signal)),
  planSources: (input) => alive((signal) => planSources(ports, input, signal)),
  applySources: (input) => alive((signal) => applySources(ports, input, signal)),
  undoSources: (input) => alive(() => undoSources(ports, input)),
});
