/** One run: a recovery from its start to its end, or to people who do not come, with everything that a seed lets happen to it. */
import { createKernelActivities } from '../../../activities/kernel.ts';
import type { OpenChange } from '../../../activities/kernel-interface.ts';
import type { Ports } from '../../../activities/ports/index.ts';
import { openChangeKey } from '../../../activities/records/keys.ts';
import { openReviews } from '../../../activities/records/reviews.ts';
import type { Review } from '../../../domain/review.ts';
import { backupWorkflowId, dryRunWorkflowId, recoveryWorkflowId } from '../../../domain/identity.ts';
import { cancelUpdate, type RecoveryStart } from '../../../domain/messages.ts';
import { startStatement } from '../../../domain/start-statement.ts';
import type { Notification, Told } from '../../../domain/notification.ts';
import { createMemoryRecords } from '../memory-records.ts';
import type { Call, Implementations } from './activity-runs.ts';
import { Chaos } from './chaos.ts';
import { clientOf } from './client.ts';
import { Dice } from './dice.ts';
import { TaskFailed, type Execution } from './execution.ts';
import { toPayloads } from './failures.ts';
import { readStories, type Facts, type Story } from './facts.ts';
import { Journal } from './journal.ts';
import { People } from './people.ts';
import { inActivity, type Sandbox } from './sandbox.ts';
import { isSigned, signed } from './signatures.ts';
import { type Activities, type MakeStage, type Stage, type WantedStart } from './stage.ts';
import { MemoryTemporal } from './temporal.ts';
import { Timeline } from './timeline.ts';

export interface Simulation {
  readonly sandbox: Sandbox;
  readonly stage: MakeStage;
  /** Breaks something on purpose: gets every activity, answers what is used in their place. */
  readonly tamper?: (activities: Activities) => Activities;
}

export interface Run {
  readonly facts: Facts;
  readonly trace: readonly string[];
}

const minute = 60_000;
const begins = Date.parse('2026-11-22T02:00:00Z');

export async function simulate(seed: number, { sandbox, stage: makeStage, tamper = (as) => as }: Simulation): Promise<Run> {
  const dice = new Dice(seed);
  const timeline = new Timeline(begins);
  const trace: string[] = [];
  const tell = (who: string, what: string): void =>
    void trace.push(`${((timeline.now - begins) / 1_000).toFixed(3).padStart(9)} ${who}: ${what}`);
  const journal = new Journal(() => timeline.now);
  journal.tell = (what) => tell('target', what);
  const stage = makeStage(dice, journal);
  const records = createMemoryRecords();
  const ports = { inventory: () => stage.inventory, records, isSigned } as unknown as Ports;
  const kernel = createKernelActivities(ports, stage);
  const announce = (notification: Notification): Promise<Told> => journal.announce(notification);
  const activities = tamper({ ...(kernel as unknown as Activities), announce, ...stage.activities });
  const openChange = (target: string): OpenChange | undefined => {
    const text = records.content.get(openChangeKey(target));
    return text === undefined ? undefined : (JSON.parse(text) as OpenChange);
  };
  const implementations: Implementations = {
    isKernel: (type) => type in kernel,
    call: async (call) => {
      const answer = await perform(call, activities, journal, server);
      journal.heard(call, openChange);
      return answer;
    },
  };
  const chaos = new Chaos(dice);
  const server = new MemoryTemporal({ dice, timeline, sandbox, chaos, activities: implementations, tell });
  journal.isBackedUp = (target) => server.activityRuns.isAtWork(stage.takeBackup, target);
  const play = new Play(server, stage, journal);
  const taskFailures: string[] = [];
  const stories: Story[] = [];
  const reviews: Review[] = [];
  try {
    await play.untilTheEnd();
    stories.push(...(await readStories(server, records)));
    for (const { id } of stage.inventory.targets) reviews.push(...(await openReviews(records, id)));
  } catch (error) {
    if (!(error instanceof TaskFailed)) throw error;
    taskFailures.push(error.message);
  }
  for (const execution of server.executions) await execution.evict();
  return { facts: { seed, journal, stories, reviews, openChange, inventory: stage.inventory, taskFailures }, trace };
}

async function perform(call: Call, activities: Activities, journal: Journal, server: MemoryTemporal): Promise<unknown> {
  const activity = activities[call.type];
  if (activity === undefined) throw new TaskFailed(`no activity ${call.type}`);
  journal.call = call;
  try {
    const { workflowId, runId } = call.execution.identity;
    const info = { activityType: call.type, workflowExecution: { workflowId, runId }, attempt: 1 };
    return await inActivity(clientOf(server), info, () => activity(call.input as never));
  } finally {
    journal.call = undefined;
  }
}

/** Who does what, and when. */
class Play {
  readonly #server: MemoryTemporal;
  readonly #stage: Stage;
  readonly #people: People;
  readonly #recoveries: Execution[] = [];
  /** People who have not done yet what they came for. */
  #coming = 0;
  #sensible = false;

  constructor(server: MemoryTemporal, stage: Stage, journal: Journal) {
    this.#server = server;
    this.#stage = stage;
    this.#people = new People(server, stage, journal);
  }

  async untilTheEnd(): Promise<void> {
    const { dice, timeline, chaos } = this.#server.machinery;
    const deserted = dice.chance(0.06);
    const calmAt = begins + dice.between(1, 6) * minute;
    this.#arrive();
    while (timeline.now < calmAt && !this.#isOver() && (await timeline.step(calmAt)));
    if (deserted) return this.#settleDown(begins + 10 * minute, false);
    chaos.calm = true;
    this.#sensible = true;
    return this.#settleDown(calmAt + 60 * minute, true);
  }

  /** Without people only deadlines are left to happen. */
  async #settleDown(until: number, peopleCome: boolean): Promise<void> {
    const { timeline } = this.#server.machinery;
    timeline.now = Math.max(timeline.now, Math.min(until, timeline.now));
    this.#peopleCome = peopleCome;
    if (peopleCome) this.#visitLater();
    while (!this.#isOver() && (await timeline.step(until)));
  }

  #peopleCome = true;

  #isOver(): boolean {
    if (this.#coming > 0) return false;
    const { givenUp } = this.#people;
    return this.#server.executions.every(
      ({ status, identity }) => status !== 'open' || [...givenUp].some((left) => left.identity.runId === identity.root.runId),
    );
  }

  /** Draws everybody who will come. */
  #arrive(): void {
    const { dice } = this.#server.machinery;
    const backupFirst = dice.chance(0.15);
    if (backupFirst) this.#comes(0, () => this.#backup());
    this.#comes(backupFirst ? dice.between(0, 3_000) : 0, () => this.#recover(this.#stage.root));
    if (dice.chance(0.15)) this.#comes(dice.spread(20_000), () => this.#backup());
    if (dice.chance(0.15)) this.#comes(dice.spread(20_000), () => this.#recover(this.#stage.rival()));
    if (dice.chance(0.25)) this.#comes(dice.spread(20_000), () => this.#cancel());
    if (dice.chance(0.12)) this.#comes(dice.spread(20_000), () => this.#terminate());
    for (let times = dice.pick([0, 0, 1, 2]); times > 0; times--) {
      this.#comes(dice.spread(15_000), () => {
        this.#server.machinery.tell('somebody', 'changes a target by hand');
        this.#stage.meddle();
      });
    }
    this.#visitLater();
  }

  #comes(ms: number, what: () => void | Promise<void>): void {
    this.#coming++;
    this.#server.machinery.timeline.after(ms, () => {
      this.#coming--;
      return what();
    });
  }

  /** The next look of somebody at something. */
  #visitLater(): void {
    const { timeline, dice } = this.#server.machinery;
    timeline.after(dice.spread(this.#sensible ? 1_500 : 7_000), async () => {
      if (!this.#peopleCome) return;
      const open = this.#recoveries.filter((one) => one.status === 'open' && one.hasBegun && !this.#people.givenUp.has(one));
      const looked = open.length > 0 ? dice.pick(open) : undefined;
      if (looked) await this.#people.visit(looked, this.#sensible);
      this.#visitLater();
    });
  }

  #recover({ scenario, target, input }: WantedStart): void {
    const { dice, timeline } = this.#server.machinery;
    const { workflowType } = this.#stage.scenarios.find(({ id }) => id === scenario)!;
    const mode = dice.chance(0.08) ? 'dry-run' : 'run';
    const workflowId = mode === 'run' ? recoveryWorkflowId(target) : dryRunWorkflowId(target, dice.uuid());
    const requestedBy = dice.pick(['hana', 'ren', 'sora']);
    const acknowledgeCoolDown = dice.chance(0.3);
    const asked: RecoveryStart = { scenario, target, input, mode, reason: 'simulation', requestedBy, acknowledgeCoolDown };
    const at = new Date(timeline.now).toISOString();
    const signature = dice.chance(0.9) ? signed(startStatement(asked, at)) : 'forged';
    const start = dice.chance(0.95) ? { ...asked, proof: { at, signature } } : asked;
    const execution = this.#server.start({ workflowId, type: workflowType, input: toPayloads([start]) });
    if (execution) this.#recoveries.push(execution);
  }

  #backup(): void {
    const { dice, timeline } = this.#server.machinery;
    const { target } = this.#stage.root;
    const id = `backup-${dice.between(1, 1_000_000)}`;
    const startedAt = new Date(timeline.now).toISOString();
    const take = { target, site: 'main', id, kind: 'full', startedAt, activity: this.#stage.takeBackup };
    this.#server.start({ workflowId: backupWorkflowId(id), type: 'backup', input: toPayloads([take]) });
  }

  #some(): Execution | undefined {
    const open = this.#recoveries.filter(({ status }) => status === 'open');
    return open.length > 0 ? this.#server.machinery.dice.pick(open) : undefined;
  }

  #cancel(): void {
    const { dice, tell } = this.#server.machinery;
    const execution = this.#some();
    if (!execution) return;
    tell('somebody', `cancels ${execution.identity.workflowId}`);
    if (dice.chance(0.3)) this.#server.cancel(execution);
    else this.#server.update(execution, cancelUpdate.name, [{ by: 'hana', reason: 'enough' }], () => {});
  }

  /** Ends a recovery by force; mostly somebody begins a new one. */
  #terminate(): void {
    const { dice, tell } = this.#server.machinery;
    const execution = this.#some();
    if (!execution) return;
    tell('somebody', `terminates ${execution.identity.workflowId}`);
    this.#server.terminate(execution);
    if (dice.chance(0.9)) this.#comes(dice.spread(3_000), () => this.#recover(this.#stage.root));
  }
}
