/** Which tools to disable: those that were named, or those that timed out too often and are not among the critical ones. */
import type { ToolToSetAside } from '../set-aside/move-plan.ts';
import { liveName } from '../set-aside/set-aside-world.ts';
import type { Timeouts } from '../log-questions/words.ts';
import type { Text } from '../text.ts';
import { toolsFolder } from '../tool-store/layout.ts';
import type { LiveFile } from '../tool-store/restore-plan.ts';
import { naming } from '../tool-store/tool-limit.ts';

export interface ChoiceWorld {
  /** Everything below the tools folder, the disabled ones judged as well. */
  readonly live: readonly LiveFile[];
  /** Ids or names that people named. */
  readonly named?: readonly string[] | undefined;
  readonly counts: readonly Timeouts[];
  readonly atLeast: number;
  /** Names that the inventory runs before "recovered": without them nothing is ever verified. */
  readonly critical: readonly string[];
}

export interface ToolChoice {
  readonly tools: readonly ToolToSetAside[];
  readonly sentence: Text;
}

export type ChoiceDecision =
  | ToolChoice
  | { readonly unknown: readonly string[] }
  /** Named, and critical. */
  | { readonly critical: readonly string[] };

/** More at once is no longer the affair of single tools; the rest waits for the next run. */
const mostAtOnce = 30;

export function chooseTools({ live, named, counts, atLeast, critical }: ChoiceWorld): ChoiceDecision {
  const known = live.flatMap(({ path, judged }) =>
    judged?.ok === true ? [{ path, id: judged.tool.id, name: judged.tool.name }] : [],
  );
  const inUse = known.filter(({ path }) => isInUse(path));
  const of = (asked: string, among = inUse) => among.find(({ id, name }) => id === asked || name === asked);
  const timeoutsOf = ({ id, name }: { id: string; name: string }): number =>
    counts.filter(({ tool }) => tool === id || tool === name).reduce((sum, { timeouts }) => sum + timeouts, 0);
  if (named !== undefined) {
    const found = named.map((asked) => ({ asked, tool: of(asked) ?? of(asked, known) ?? faulty(live, asked) }));
    const unknown = found.filter(({ tool }) => tool === undefined).map(({ asked }) => asked);
    if (unknown.length > 0) return { unknown };
    const tools = found.flatMap(({ tool }) => tool ?? []);
    const dear = tools.filter(({ name }) => critical.includes(name)).map(({ name }) => name);
    if (dear.length > 0) return { critical: dear };
    return choiceOf(tools.map((tool) => ({ path: `${toolsFolder}/${liveName(tool.path)}`, why: whyOf(timeoutsOf(tool), true) })));
  }
  const frequent = inUse
    .map((tool) => ({ ...tool, timeouts: timeoutsOf(tool) }))
    .filter(({ timeouts }) => timeouts >= atLeast)
    .toSorted((a, b) => b.timeouts - a.timeouts);
  const spared = frequent.filter(({ name }) => critical.includes(name));
  const chosen = frequent.filter((tool) => !spared.includes(tool));
  return choiceOf(
    chosen.slice(0, mostAtOnce).map(({ path, timeouts }) => ({ path, why: whyOf(timeouts, false) })),
    [
      ...(spared.length > 0 ? [sparedSentence(spared.map(({ name }) => name))] : []),
      ...(chosen.length > mostAtOnce ? [laterSentence(chosen.length - mostAtOnce)] : []),
    ],
  );
}

const isInUse = (path: string): boolean => !path.slice(toolsFolder.length + 1).includes('/');

/** A named file that is no tool any more may still be put away. */
const faulty = (live: readonly LiveFile[], asked: string) => {
  const path = `${toolsFolder}/${asked}.json`;
  return live.some((file) => file.path === path) ? { path, id: asked, name: asked } : undefined;
};

const whyOf = (timeouts: number, isNamed: boolean): Text => ({
  en: `${isNamed ? 'named, ' : ''}${timeouts} timeouts`,
  ja: `${isNamed ? '指定、' : ''}タイムアウト ${timeouts} 回`,
});

function choiceOf(tools: readonly ToolToSetAside[], more: readonly Text[] = []): ToolChoice {
  const first: Text =
    tools.length === 0
      ? { en: 'No tool is to be disabled.', ja: '無効化するツールはありません。' }
      : { en: `To disable: ${tools.length} tool(s).`, ja: `無効化の対象: ツール ${tools.length} 件。` };
  const all = [first, ...more];
  return { tools, sentence: { en: all.map(({ en }) => en).join(' '), ja: all.map(({ ja }) => ja).join('') } };
}

const sparedSentence = (names: readonly string[]): Text => ({
  en: `Critical, and therefore left in use: ${naming(names, 5).en}.`,
  ja: `重要ツールのため使用を続けるもの: ${naming(names, 5).ja}。`,
});
const laterSentence = (count: number): Text => ({
  en: `${count} more wait for another run.`,
  ja: `ほか ${count} 件は次回に回します。`,
});
