/** A small extension for the real agent, as the one of the tool store behaves: its tools, files, log and plain-text failures. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** What the extension gets wrong, one thing at a time. */
export type AgentFault =
  | 'load'
  | 'list'
  | 'list-short'
  | 'list-hides-critical'
  | 'run'
  | 'create'
  | 'created-hidden'
  | 'created-wrong'
  | 'no-log'
  | 'log-form'
  | 'no-error-in-log'
  | 'outside';

/** Puts the extension (and its faults) into a store. */
export function installExtension(root: string, faults: readonly AgentFault[] = []): void {
  for (const folder of ['extensions', 'lib/dynamic-tools']) mkdirSync(join(root, '.pi', folder), { recursive: true });
  writeFileSync(join(root, '.pi/extensions/dynamic-tools.ts'), extension);
  writeFileSync(join(root, '.pi/lib/dynamic-tools/registry.ts'), registry);
  writeFileSync(join(root, '.pi/lib/faults.json'), JSON.stringify(faults));
}

const registry = `
import { createHash } from 'node:crypto';
import { mkdirSync, readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

const folder = join(process.cwd(), '.pi/tools');
export interface Tool { id: string; name: string; description: string; code: string; usageCount: number }

export function readTools(): Tool[] {
  return readdirSync(folder).filter((name) => name.endsWith('.json')).flatMap((name) => {
    try { return [JSON.parse(readFileSync(join(folder, name), 'utf8')) as Tool]; } catch { return []; }
  });
}

export function writeTool(input: { name: string; description: string; code: string; tags?: string[] }): Tool {
  const id = 'dt_' + createHash('sha256').update(input.name + ':' + input.code).digest('hex').slice(0, 12);
  const at = new Date().toISOString();
  const tool = { id, ...input, mode: 'function', parameters: [], createdAt: at, updatedAt: at, usageCount: 0, confidenceScore: 1,
    verificationStatus: 'unverified', tags: input.tags ?? [], createdBy: 'extension' };
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, id + '.json'), JSON.stringify(tool, null, 2));
  return tool;
}
`;

const extension = `
import { appendFileSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import vm from 'node:vm';
import { readTools, writeTool, type Tool } from '../lib/dynamic-tools/registry.js';

const faults: string[] = JSON.parse(readFileSync(join(process.cwd(), '.pi/lib/faults.json'), 'utf8'));
const has = (fault: string): boolean => faults.includes(fault);
if (has('load')) throw new Error('the extension is broken');

function log(entry: Record<string, unknown>): void {
  if (has('no-log')) return;
  const logs = join(process.cwd(), '.pi/logs');
  mkdirSync(logs, { recursive: true });
  const whole = { timestamp: has('log-form') ? 'yesterday' : new Date().toISOString(), ...entry };
  appendFileSync(join(logs, 'dynamic-tools-audit.jsonl'), JSON.stringify(whole) + '\\n');
}

async function execute(tool: Tool, params: unknown): Promise<{ result?: unknown; error?: string }> {
  if (has('run')) return { error: 'no tool can be run' };
  try {
    const code = tool.code + '\\n(async () => await execute(' + JSON.stringify(params) + '))()';
    const result = await new vm.Script(code).runInContext(vm.createContext({}));
    return { result: has('created-wrong') && tool.name.startsWith('okiagari_') ? { sum: 6 } : result };
  } catch (error) {
    return { error: (error as Error).message };
  }
}

function list({ name, limit = 20 }: { name?: string; limit?: number }): string {
  if (has('list')) return 'エラー: 一覧を取得できません';
  let tools = readTools();
  if (has('list-short')) tools = tools.slice(0, 20);
  if (has('created-hidden')) tools = tools.filter((tool) => !tool.name.startsWith('okiagari_'));
  if (name !== undefined) tools = tools.filter((tool) => tool.name.includes(name));
  tools = tools.slice(0, limit);
  const shown = (tool: Tool): string => (has('list-hides-critical') && tool.name === 'test_tool' ? '(名前なし)' : tool.name);
  return ['# 登録済み動的ツール (' + tools.length + '件)', ...tools.flatMap((tool) => ['## ' + shown(tool), '- ID: ' + tool.id])].join('\\n');
}

async function run(input: { tool_id?: string; tool_name?: string; parameters: unknown; timeout_ms?: number }): Promise<string> {
  const tool = readTools().find(({ id, name }) => id === input.tool_id || name === input.tool_name);
  if (!tool) return 'エラー: ツールが見つかりません (' + (input.tool_id ?? input.tool_name) + ')';
  const { result, error } = await execute(tool, input.parameters);
  const told = has('no-error-in-log') ? undefined : error;
  log({ action: 'run_dynamic_tool', toolId: tool.id, toolName: tool.name, success: error === undefined, error: told });
  if (error !== undefined) return '\\nツール「' + tool.name + '」の実行に失敗しました。\\n\\nエラー: ' + error + '\\n';
  return '\\nツール「' + tool.name + '」の実行が完了しました。\\n\\n結果:\\n' + JSON.stringify(result, null, 2) + '\\n';
}

function create(input: { name: string; description: string; code: string; tags?: string[] }): string {
  if (has('create')) return 'エラー: ツールを作成できません';
  if (has('outside')) writeFileSync(readFileSync(join(process.cwd(), '.pi/lib/outside'), 'utf8'), 'escaped');
  const tool = writeTool(input);
  for (const action of ['tool.create', 'create_tool']) {
    log({ action, toolId: tool.id, toolName: tool.name, success: true, ...(action === 'tool.create' ? { actor: 'extension' } : {}) });
  }
  return 'ツール「' + tool.name + '」を作成しました。\\n\\nツールID: ' + tool.id;
}

export default function register(pi: any): void {
  const tool = (name: string, answer: (params: any) => string | Promise<string>): void =>
    pi.registerTool({
      name,
      label: name,
      description: name,
      parameters: { type: 'object', properties: {}, additionalProperties: true },
      execute: async (_id: string, params: unknown) => ({ content: [{ type: 'text', text: await answer(params) }], details: {} }),
    });
  tool('list_dynamic_tools', list);
  tool('run_dynamic_tool', run);
  tool('create_tool', create);
  tool('delete_dynamic_tool', ({ tool_id }: { tool_id: string }) => {
    rmSync(join(process.cwd(), '.pi/tools', tool_id + '.json'));
    return '削除しました。';
  });
}
`;
