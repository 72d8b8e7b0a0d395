/** Two decisions are open to another role than usual where the gate says so: to go on alone, and to override a safety check. */
import type { Decision, Waiting } from '../domain/recovery.ts';
import { isGatesToSay, roleToDecide } from './access.ts';
import { demand } from './door.ts';
import type { Caller } from './people.ts';
import { isFailure } from './problem.ts';
import type { RecoveryReader } from './recovery-reader.ts';

/** Fails: forbidden, where neither the usual role nor what the gate says allows it; the workflow judges again. */
export async function demandRoleAtGate(
  reader: RecoveryReader,
  recovery: string,
  { gate, decision }: { readonly gate: string; readonly decision: Decision },
  caller: Caller,
): Promise<void> {
  const role = roleToDecide(decision);
  if (caller.roles.has(role) || !isGatesToSay(decision, caller)) return demand(caller, role);
  const waiting = await gateOf(reader, recovery, gate);
  const says = decision === 'approve' ? mayGoOnAlone(waiting) : waiting?.breakGlass === true;
  if (!says) demand(caller, role);
}

/** An id that names no recovery tells nothing about gates. */
async function gateOf(reader: RecoveryReader, recovery: string, gate: string): Promise<Waiting | undefined> {
  try {
    return (await reader.read(recovery)).state.waitingFor.find((waiting) => waiting.gate === gate);
  } catch (error) {
    if (isFailure(error, 'not-found')) return undefined;
    throw error;
  }
}

const mayGoOnAlone = (waiting: Waiting | undefined): boolean =>
  waiting?.aloneFrom !== undefined && Date.parse(waiting.aloneFrom) <= Date.now();
