/** The verbs of a recovery from timeouts: look around, count, choose, put away, make room; each with its sentence. */
import { z } from 'zod';
import type { TimeoutActivities } from '../../activities/timeouts/interface.ts';
import { toolTimeoutsInput } from '../../contracts/inputs/tool-timeouts.ts';
import type { ToolToSetAside } from '../../domain/set-aside/move-plan.ts';
import type { Text } from '../../domain/text.ts';
import { adviceOf, describeLoad, describeProbes, starvedOf } from '../../domain/timeouts/circumstances.ts';
import type { ToolChoice } from '../../domain/timeouts/choose-tools.ts';
import type { MachineLoad, Probe, TimeoutCount } from '../../domain/timeouts/words.ts';
import type { Said } from '../kit/attempt.ts';
import type { Recovery } from '../kit/words.ts';

const choiceInput = z.strictObject({ tools: toolTimeoutsInput.shape.tools, atLeast: z.int().min(1).max(1_000) });
type ChoiceInput = z.infer<typeof choiceInput>;

interface Surroundings {
  readonly load: MachineLoad;
  readonly probes: readonly Probe[];
}

const dayMs = 24 * 3_600_000;

export function toolTimeouts(r: Recovery) {
  const { target } = r;
  const on = r.on<TimeoutActivities>();

  return {
    /** Whatever is short or down may be the cause; those who decide about the tools read it. */
    async lookAround(): Promise<Surroundings> {
      const load = await r.step('look at resources', async (): Promise<Said<MachineLoad>> => {
        const value = await on.patient.measureLoad({ target });
        return { value, sentence: describeLoad(value), evidence: { ...value } };
      });
      const probes = await r.step('probe dependencies', async (): Promise<Said<readonly Probe[]>> => {
        const value = await on.patient.probeDependencies({ target });
        return { value, sentence: describeProbes(value), evidence: { probes: value } };
      });
      return { load, probes };
    },

    countTimeouts: (since: string = r.brokenSince ?? new Date(Date.now() - dayMs).toISOString()) =>
      r.step('count timeouts', async (): Promise<Said<TimeoutCount>> => {
        const value = await on.patient.countTimeouts({ target, since });
        return { value, sentence: counted(value), evidence: { since, damaged: value.damaged, tools: value.items.slice(0, 20) } };
      }),

    async choose({ items }: TimeoutCount, { tools, atLeast }: ChoiceInput): Promise<readonly ToolToSetAside[]> {
      const counts = items.map(({ tool, timeouts }) => ({ tool, timeouts }));
      const choice = await r.step(
        'choose tools',
        async (input: ChoiceInput): Promise<Said<ToolChoice>> => {
          const value = await on.patient.chooseTimeoutTools({ target, counts, ...input });
          return { value, sentence: value.sentence, evidence: { tools: value.tools.length } };
        },
        { amend: { input: { ...(tools && { tools }), atLeast }, schema: choiceInput } },
      );
      return choice.tools;
    },

    noteFor: ({ load, probes }: Surroundings): Text | undefined => adviceOf(load, probes),

    /** What else weighs on the machine only a person can stop. */
    async freeResources({ load }: Surroundings, disabled: number): Promise<void> {
      if (disabled === 0 && starvedOf(load).length === 0) return;
      await r.checklist('free resources', [resourcesFreed(load)]);
    },
  };
}

const resourcesFreed = (load: MachineLoad) => {
  const names = load.heaviest.slice(0, 3).map(({ name }) => name);
  return {
    id: 'resources-freed',
    title: {
      en: `The machine has resources again: what is not needed was stopped (heaviest: ${names.join(', ')}).`,
      ja: `不要なプロセスを止め、資源に余裕があります(負荷の大きいもの: ${names.join('、')})。`,
    },
  };
};

const counted = ({ logThere, since, items }: TimeoutCount): Text => {
  if (!logThere) return { en: 'There is no audit log to count in.', ja: '数えるべき監査ログがありません。' };
  const sum = items.reduce((total, { timeouts }) => total + timeouts, 0);
  if (sum === 0) return { en: `No timeouts since ${since}.`, ja: `${since} 以降のタイムアウトはありません。` };
  const most = items.slice(0, 5).map(({ tool, timeouts }) => `${tool.slice(0, 64)} ${timeouts}`);
  return {
    en: `${sum} timeout(s) in ${items.length} tool(s) since ${since}: ${most.join(', ')}.`,
    ja: `${since} 以降、ツール ${items.length} 件でタイムアウト ${sum} 回: ${most.join('、')}。`,
  };
};
