/** The looks of a recovery from timeouts, made of ports; each stays alive in Temporal's eyes while it works. */
import { alive } from '../alive.ts';
import type { Ports } from '../ports/index.ts';
import { chooseTimeoutTools } from './choose-timeout-tools.ts';
import { countTimeouts } from './count-timeouts.ts';
import type { TimeoutActivities } from './interface.ts';
import { measureLoad, probeDependencies } from './look-around.ts';

export const createTimeoutActivities = (ports: Ports): TimeoutActivities => ({
  measureLoad: (input) => alive((signal) => measureLoad(ports, input, signal)),
  probeDependencies: (input) => alive((signal) => probeDependencies(ports, input, signal)),
  countTimeouts: (input) => alive((signal) => countTimeouts(ports, input, signal)),
  chooseTimeoutTools: (input) => alive((signal) => chooseTimeoutTools(ports, input, signal)),
});
