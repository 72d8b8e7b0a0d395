/** People at their desks: they look at what waits, decide rightly and wrongly, twice, late, in other people's names. */
import type { Statement } from '../../../domain/gate.ts';
import { decideSignal, decideUpdate, statusQuery } from '../../../domain/messages.ts';
import type { Decision, RecoveryState, Waiting } from '../../../domain/recovery.ts';
import type { Dice } from './dice.ts';
import type { Execution } from './execution.ts';
import { toPayloads } from './failures.ts';
import type { Journal, Sent } from './journal.ts';
import { isSigned, signed } from './signatures.ts';
import type { Stage } from './stage.ts';
import type { MemoryTemporal } from './temporal.ts';

const isApproval = ({ kind, breakGlass }: Waiting, decision: Decision): boolean =>
  kind === 'approval' || (breakGlass === true && decision === 'skip');
const anyDecision: readonly Decision[] = ['approve', 'reject', 'retry', 'amend', 'skip', 'roll-back', 'tick', 'fail'];

export class People {
  readonly #server: MemoryTemporal;
  readonly #stage: Stage;
  readonly #journal: Journal;
  readonly #dice: Dice;
  /** How often each failed step was retried by those who only want it to end. */
  readonly #retries = new Map<string, number>();
  /** What nothing but a repair by hand would bring to an end: it is left waiting. */
  readonly givenUp = new Set<Execution>();

  constructor(server: MemoryTemporal, stage: Stage, journal: Journal) {
    this.#server = server;
    this.#stage = stage;
    this.#journal = journal;
    this.#dice = server.machinery.dice;
  }

  /** Somebody looks at a recovery; `sensible` people only do what helps. */
  async visit(execution: Execution, sensible: boolean): Promise<void> {
    const state = (await execution.query(statusQuery.name, [])) as RecoveryState;
    const gate = state.waitingFor.length > 0 ? this.#dice.pick(state.waitingFor) : undefined;
    if (gate === undefined) {
      if (!sensible && this.#dice.chance(0.2)) this.#repeat(execution);
    } else if (sensible || this.#dice.chance(0.6)) {
      this.#vote(execution, state, gate, sensible);
    } else {
      this.#mischief(execution, state, gate);
    }
  }

  #vote(execution: Execution, state: RecoveryState, gate: Waiting, sensible: boolean): void {
    const decision = sensible ? this.#helpful(execution, gate) : this.#some(gate);
    const able = this.#stage.inventory.people.filter(
      ({ id, roles, groups }) =>
        roles.includes(isApproval(gate, decision) ? 'approver' : 'operator') &&
        (gate.from.length === 0 || gate.from.some((group) => groups.includes(group))) &&
        !(isApproval(gate, decision) && id === state.requestedBy) &&
        gate.votes.every(({ by }) => by !== id),
    );
    if (able.length === 0) return;
    const by = this.#dice.pick(able).id;
    const input = decision === 'amend' ? { input: this.#stage.amendment(gate) } : {};
    this.#send(execution, { ...this.#statement(state, gate, by, decision), ...input });
  }

  #some({ kind, choices }: Waiting): Decision {
    const wanted = this.#dice.weighed<Decision>(
      kind === 'approval'
        ? [
            [7, 'approve'],
            [2, 'reject'],
          ]
        : kind === 'checklist'
          ? [
              [7, 'tick'],
              [2, 'fail'],
            ]
          : [
              [4, 'retry'],
              [3, 'roll-back'],
              [2, 'skip'],
              [2, 'amend'],
            ],
    );
    return choices.includes(wanted) ? wanted : this.#dice.pick(choices);
  }

  #helpful(execution: Execution, { kind, gate, choices }: Waiting): Decision {
    if (kind !== 'failed-step') return kind === 'approval' ? 'approve' : 'tick';
    const retries = (this.#retries.get(gate) ?? 0) + 1;
    this.#retries.set(gate, retries);
    if (retries > 4 && choices.every((choice) => choice === 'retry')) this.givenUp.add(execution);
    const wanted: readonly Decision[] = retries <= 2 ? ['retry'] : ['roll-back', 'skip', 'retry'];
    return wanted.find((decision) => choices.includes(decision)) ?? this.#dice.pick(choices);
  }

  #mischief(execution: Execution, state: RecoveryState, gate: Waiting): void {
    const dice = this.#dice;
    const by = dice.pick([...this.#stage.inventory.people.map(({ id }) => id), 'nobody', state.requestedBy]);
    const right = this.#statement(state, gate, by, this.#some(gate));
    const wrong: () => Partial<Statement> = dice.pick([
      () => ({}),
      () => ({ digest: 'an older plan' }),
      () => ({ recovery: `${state.target}~00000000-0000-7000-8000-000000000000` }),
      () => ({ decision: dice.pick(anyDecision) }),
      () => ({ gate: 'no such gate' }),
      () => ({ reason: '' }),
      () => ({ by: 'nobody' }),
    ]);
    const statement = { ...right, ...wrong() };
    const signature = dice.pick([
      signed(statement),
      signed(statement),
      undefined,
      'forged',
      signed({ ...statement, by: 'somebody else' }),
    ]);
    this.#send(execution, statement, signature);
  }

  /** Says again what was said before, of whatever gate. */
  #repeat(execution: Execution): void {
    const { sent } = this.#journal;
    if (sent.length === 0) return;
    const { statement, signature } = this.#dice.pick(sent);
    this.#send(execution, statement, signature);
  }

  #statement(state: RecoveryState, { gate, digest }: Waiting, by: string, decision: Decision): Statement {
    const at = new Date(this.#server.machinery.timeline.now).toISOString();
    return { recovery: state.id, gate, digest, decision, by, at, reason: 'it seemed right' };
  }

  #send(execution: Execution, statement: Statement, signature: string | undefined = signed(statement)): void {
    const { chaos, timeline, tell } = this.#server.machinery;
    const envelope = { statement, ...(signature !== undefined && { signature }) };
    const ways = this.#dice.weighed<readonly Sent['by'][]>([
      [6, ['update']],
      [2, ['signal']],
      [1, ['update', 'signal']],
      [1, ['update', 'update']],
    ]);
    for (const by of ways) {
      const sent: Sent = {
        at: timeline.now,
        statement,
        signature,
        voter: this.#voter(statement, signature),
        by,
        to: execution.identity.runId,
      };
      this.#journal.sent.push(sent);
      tell(
        statement.by,
        `${by} ${statement.decision} at ${statement.gate}${signature === signed(statement) ? '' : ' (unsigned or forged)'}`,
      );
      timeline.after(chaos.wireDelay(), () => {
        if (by === 'signal') return this.#server.signal(execution, decideSignal.name, toPayloads([envelope]));
        this.#server.update(execution, decideUpdate.name, [envelope], (answer) => {
          sent.answer = answer;
          tell(statement.by, `hears ${answer.how} ${answer.how === 'answered' ? '' : String(answer.value)}`);
        });
      });
    }
  }

  /** As the inventory has it; written down here, so that the recovery's own idea can be compared with it. */
  #voter(statement: Statement, signature: string | undefined): Sent['voter'] {
    const { people, approvals } = this.#stage.inventory;
    const person = people.find(({ id }) => id === statement.by);
    const proven = signature !== undefined && isSigned(statement, signature);
    return {
      known: person !== undefined,
      roles: person?.roles ?? [],
      groups: person?.groups ?? [],
      signed: proven,
      trusted: proven || (signature === undefined && approvals.acceptUnsignedSignals),
    };
  }
}
