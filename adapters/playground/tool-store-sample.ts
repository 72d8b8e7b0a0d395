/** Makes a tool store to play and test with: tools with true ids, a log in both of its vocabularies, the same for the same seed. */
import { chmod, mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { auditLog, logsFolder, toolsFolder } from '../../domain/tool-store/layout.ts';
import { toolId } from '../../domain/tool-store/tool-file.ts';
import { sampleTools, type SampleTool } from './sample-tools.ts';

interface SampleSize {
  /** At most 100 are taken by the agent; more are made when asked for. */
  readonly tools: number;
  readonly logLines: number;
  readonly seed: number;
}

/** What was made. `path` is relative to the root. */
export interface ToolStoreSample {
  readonly root: string;
  readonly tools: readonly { readonly id: string; readonly name: string; readonly path: string }[];
  readonly logLines: number;
}

/** Writes `<root>/.pi/tools/*.json` and the audit log, replacing what is there under the same names. */
export async function makeToolStore(root: string, { tools, logLines, seed }: SampleSize): Promise<ToolStoreSample> {
  const random = numbersFrom(seed);
  await mkdir(join(root, toolsFolder), { recursive: true });
  await mkdir(join(root, logsFolder), { recursive: true });
  const made = Array.from({ length: tools }, (_, index) => toolFile(index, random));
  for (const tool of made) {
    const path = join(root, toolsFolder, `${tool.id}.json`);
    await writeFile(path, JSON.stringify(tool, null, 2));
    await chmod(path, 0o644);
  }
  const names = made.map(({ id, name }) => ({ id, name }));
  await writeFile(join(root, auditLog), auditLines(names, logLines, random));
  await chmod(join(root, auditLog), 0o644);
  return { root, tools: names.map((tool) => ({ ...tool, path: `${toolsFolder}/${tool.id}.json` })), logLines };
}

/** Day on which the first tool was made; later ones follow by the hour. */
const firstDay = Date.parse('2026-10-01T00:00:00.000Z');
const hourMs = 3_600_000;
const at = (ms: number): string => new Date(ms).toISOString();

function toolFile(index: number, random: () => number) {
  const sample = sampleTools[index] ?? variant(index);
  const created = firstDay + index * 7 * hourMs;
  const uses = Math.floor(random() * 400);
  const used = created + Math.floor((0.1 + random()) * 500) * hourMs;
  return {
    id: toolId(sample.name, sample.code),
    name: sample.name,
    description: sample.description,
    mode: sample.mode,
    parameters: sample.parameters,
    code: sample.code,
    createdAt: at(created),
    updatedAt: at(uses > 0 ? used : created),
    ...(uses > 0 ? { lastUsedAt: at(used) } : {}),
    usageCount: uses,
    confidenceScore: Math.round(random() * 100) / 100,
    verificationStatus: random() < 0.8 ? 'passed' : 'unverified',
    tags: sample.tags,
    createdBy: random() < 0.5 ? 'agent' : 'extension',
  };
}

/** Beyond the samples: the same kind of thing, each with a name and code of its own. */
function variant(index: number): SampleTool {
  const sample = sampleTools[index % sampleTools.length]!;
  return { ...sample, name: `${sample.name}_${index}`, code: `${sample.code}\n// ${index}` };
}

type Named = { readonly id: string; readonly name: string };

/** Creations first, then runs and now and then a failure; a creation through the extension leaves a line of each writer. */
function auditLines(tools: readonly Named[], count: number, random: () => number): string {
  const lines: string[] = [];
  for (let n = 0; lines.length < count; n++) {
    const time = at(firstDay + n * 181_000);
    const tool = tools[n % Math.max(1, tools.length)] ?? { id: 'dt_000000000000', name: 'none' };
    const link = { toolId: tool.id, toolName: tool.name };
    if (n < tools.length) {
      lines.push(JSON.stringify({ id: auditId(random), timestamp: time, action: 'tool.create', ...link, actor: 'extension', details: { mode: 'function' }, success: true }));
      lines.push(JSON.stringify({ timestamp: time, action: 'create_tool', ...link, success: true, details: { tags: [] } }));
    } else if (random() < 0.05)
      lines.push(JSON.stringify({ timestamp: time, action: 'run_dynamic_tool', ...link, success: false, error: random() < 0.5 ? 'Tool execution timed out after 30000ms' : 'タイムアウトしました' }));
    else if (random() < 0.1)
      lines.push(JSON.stringify({ id: auditId(random), timestamp: time, action: 'verification.pass', ...link, actor: 'system', details: { score: Math.round(random() * 100) / 100 }, success: true }));
    else lines.push(JSON.stringify({ timestamp: time, action: 'run_dynamic_tool', ...link, success: true, details: { ms: Math.floor(random() * 900) } }));
  }
  return lines.slice(0, count).map((line) => `${line}\n`).join('');
}

const auditId = (random: () => number): string => `audit_${Math.floor(random() * 2 ** 40).toString(16).padStart(10, '0')}`;

/** mulberry32: small, and the same on every machine. */
function numbersFrom(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}
