/** Putting tools away and bringing them back, made of ports; each stays alive in Temporal's eyes while it works. */
import { alive } from '../alive.ts';
import type { Ports } from '../ports/index.ts';
import { applyMoves } from './apply-moves.ts';
import type { SetAsideActivities } from './interface.ts';
import { planBringBack, planSetAside } from './plan-moves.ts';
import { undoMoves } from './undo-moves.ts';
import { verifyMoves } from './verify-moves.ts';

export function createSetAsideActivities(ports: Ports): SetAsideActivities {
  return {
    planSetAside: (input) => alive((signal) => planSetAside(ports, input, signal)),
    applySetAside: (input) => alive((signal) => applyMoves(ports, input, signal)),
    undoSetAside: (input) => alive((signal) => undoMoves(ports, input, signal)),
    planBringBack: (input) => alive((signal) => planBringBack(ports, input, signal)),
    applyBringBack: (input) => alive((signal) => applyMoves(ports, input, signal)),
    undoBringBack: (input) => alive((signal) => undoMoves(ports, input, signal)),
    verifyMoves: (input) => alive((signal) => verifyMoves(ports, input, signal)),
  };
}
