/** The effects of bringing a cluster back to a moment, made of ports; each stays alive in Temporal's eyes while it works. */
import { alive } from '../../alive.ts';
import type { Ports } from '../../ports/index.ts';
import { compareCopy } from './compare-copy.ts';
import { planCutOverOf, proveStopped, startAgain, stopAll } from './cut-over.ts';
import { findMoment } from './find-moment.ts';
import type { PostgresPitrActivities } from './interface.ts';
import { removeBeside, restoreBeside } from './restored-copy.ts';
import { askNow, askThen, findStretch } from './search.ts';
import { seat, unseat } from './seat.ts';

export const createPostgresPitrActivities = (ports: Ports): PostgresPitrActivities => ({
  findPostgresMoment: (input) => alive((signal) => findMoment(ports, input, signal)),
  restorePostgresBeside: (input) => alive((signal) => restoreBeside(ports, input, signal)),
  removePostgresBeside: (input) => alive(() => removeBeside(ports, input)),
  comparePostgresBeside: (input) => alive((signal) => compareCopy(ports, input, signal)),
  planPostgresCutOver: (input) => alive((signal) => planCutOverOf(ports, input, signal)),
  applyPostgresCutOver: (input) => alive((signal) => stopAll(ports, input, signal)),
  undoPostgresCutOver: (input) => alive((signal) => startAgain(ports, input, signal)),
  provePostgresStopped: (input) => alive((signal) => proveStopped(ports, input, signal)),
  seatPostgres: (input) => alive((signal) => seat(ports, input, signal)),
  unseatPostgres: (input) => alive((signal) => unseat(ports, input, signal)),
  askPostgresNow: (input) => alive((signal) => askNow(ports, input, signal)),
  findPostgresStretch: (input) => alive((signal) => findStretch(ports, input, signal)),
  askPostgresThen: (input) => alive((signal) => askThen(ports, input, signal)),
});
