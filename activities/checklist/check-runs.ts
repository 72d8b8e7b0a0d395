/** Part 3 and the time of a run: the critical tools, through the agent where its package is declared. */
import { readReply, runCall, type AgentTalk } from '../../domain/checklist/agent-talk.ts';
import { answerRuns, type ToolRun } from '../../domain/checklist/run-answers.ts';
import type { Answer } from '../../domain/checklist/words.ts';
import { contains } from '../../domain/tool-store/contains.ts';
import type { Ports } from '../ports/index.ts';
import type { SampleResult } from '../ports/sample-runner.ts';
import type { SeenFile } from '../tool-store/scan-store.ts';
import { requireRoot, toolStoreTarget, type ToolStoreTarget } from '../tool-store/target.ts';
import type { CheckRequest } from './interface.ts';
import { onScratchCopy, type ScratchCopy } from './scratch-copy.ts';

type CriticalTool = ToolStoreTarget['criticalTools'][number];

export async function checkRuns(ports: Ports, { target: id }: CheckRequest, signal?: AbortSignal): Promise<readonly Answer[]> {
  const target = toolStoreTarget(ports, id);
  await requireRoot(ports, target);
  const { criticalTools, limits } = target;
  if (criticalTools.length === 0) return answerRuns([], limits.toolMs);
  const run = target.agentPackage === undefined ? runSamples : runThroughAgent;
  const runs = await onScratchCopy(ports, target, (copy) => run(ports, target, copy, signal), signal);
  return answerRuns(runs, limits.toolMs);
}

const codeOfTool = (tools: readonly SeenFile[], name: string): string | undefined =>
  tools.flatMap(({ judged }) => (judged?.ok === true && judged.tool.name === name ? [judged.tool.code] : []))[0];

const absent = ({ name }: CriticalTool): ToolRun => ({ name, state: 'absent', ms: 0 });

async function runThroughAgent(
  ports: Ports,
  target: ToolStoreTarget,
  copy: ScratchCopy,
  signal?: AbortSignal,
): Promise<ToolRun[]> {
  const there = target.criticalTools.filter(({ name }) => codeOfTool(copy.tools, name) !== undefined);
  const missing = target.criticalTools.filter((tool) => !there.includes(tool)).map(absent);
  if (there.length === 0) return missing;
  const calls = there.map(({ name, parameters, timeoutMs }) => runCall(name, parameters, timeoutMs));
  const agent = { package: target.agentPackage!.path, node: target.node };
  const talk = await ports.agents.talk(agent, copy.folder, calls, signal);
  return [...there.map((tool, at) => runOf(tool, talk, at)), ...missing];
}

function runOf({ name, expect }: CriticalTool, talk: AgentTalk, at: number): ToolRun {
  if (!talk.began) return { name, state: 'failed', ms: 0, why: talk.why };
  const reply = talk.replies[at]!;
  const { ms } = reply;
  const read = readReply(reply);
  if (!read.ok) return { name, state: read.late ? 'late' : 'failed', ms, why: read.why };
  return judge(name, read.value, expect, ms);
}

async function runSamples(
  ports: Ports,
  target: ToolStoreTarget,
  { place, folder, tools }: ScratchCopy,
  signal?: AbortSignal,
): Promise<ToolRun[]> {
  const runs: ToolRun[] = [];
  for (const [index, tool] of target.criticalTools.entries()) {
    const code = codeOfTool(tools, tool.name);
    if (code === undefined) {
      runs.push(absent(tool));
      continue;
    }
    const run = `run-${index}`;
    await ports.files.makeFolder({ ...place, path: `${place.path}/${run}` });
    const started = performance.now();
    const result = await ports.samples.run(
      { code, parameters: tool.parameters, timeoutMs: tool.timeoutMs },
      `${folder}/${run}`,
      signal,
    );
    runs.push(sampleRun(tool, result, Math.round(performance.now() - started)));
    signal?.throwIfAborted();
  }
  return runs;
}

function sampleRun({ name, expect }: CriticalTool, result: SampleResult, ms: number): ToolRun {
  if (result.outcome === 'returned') return judge(name, result.value, expect, ms);
  return { name, state: result.outcome === 'timed-out' ? 'late' : 'failed', ms, why: result.message };
}

function judge(name: string, value: unknown, expect: unknown, ms: number): ToolRun {
  if (expect === undefined || contains(value, expect)) return { name, state: 'right', ms };
  return { name, state: 'wrong', ms, why: JSON.stringify(value).slice(0, 100) };
}
