/** Whether a tool file is one that the agent would load, and if not, what is wrong with it. */
import type { Text } from '../text.ts';
import { sha256Hex } from '../digest.ts';
import { toolSchemaFault } from './tool-schema.ts';

/** The id that the agent derives from name and code; nothing covers the other fields. */
export const toolId = (name: string, code: string): string => `dt_${sha256Hex(`${name}:${code}`).slice(0, 12)}`;

/** A tool as its file says it, after the agent's own rules accepted it. */
export interface ToolDefinition {
  readonly id: string;
  readonly name: string;
  readonly code: string;
  readonly usageCount: number;
  readonly [field: string]: unknown;
}

export type ToolFault = 'empty' | 'too-large' | 'not-utf8' | 'truncated' | 'not-json' | 'schema' | 'wrong-id' | 'wrong-file-name';

export type JudgedTool =
  | { readonly ok: true; readonly tool: ToolDefinition }
  | { readonly ok: false; readonly fault: ToolFault; readonly sentence: Text };

const faulty = (fault: ToolFault, en: string, ja: string): JudgedTool => ({ ok: false, fault, sentence: { en, ja } });

/** Judges one file by its bytes; `content` is undefined when the file is too large to be a tool. */
export function judgeToolFile(fileName: string, content: Uint8Array | undefined): JudgedTool {
  if (content === undefined) {
    return faulty('too-large', `${fileName} is too large to be a tool.`, `${fileName} はツールとして大きすぎます。`);
  }
  if (content.length === 0) return faulty('empty', `${fileName} is empty.`, `${fileName} は空です。`);
  let text: string;
  try {
    text = new TextDecoder('utf-8', { fatal: true }).decode(content);
  } catch {
    return endsInsideCharacter(content)
      ? faulty('truncated', `${fileName} is cut off.`, `${fileName} は途中で切れています。`)
      : faulty('not-utf8', `${fileName} is not UTF-8.`, `${fileName} は UTF-8 ではありません。`);
  }
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return isCutOff(text)
      ? faulty('truncated', `${fileName} is cut off.`, `${fileName} は途中で切れています。`)
      : faulty('not-json', `${fileName} is not JSON.`, `${fileName} は JSON ではありません。`);
  }
  return judgeToolValue(fileName, value);
}

function judgeToolValue(fileName: string, value: unknown): JudgedTool {
  const fault = toolSchemaFault(value);
  if (fault !== undefined) {
    return faulty(
      'schema',
      `${fileName}: ${fault.field} is not as the agent wants it.`,
      `${fileName}: ${fault.field} が不正です。`,
    );
  }
  const tool = value as ToolDefinition;
  const derived = toolId(tool.name, tool.code);
  if (tool.id !== derived) {
    return faulty(
      'wrong-id',
      `${fileName}: the id ${tool.id} does not fit name and code, which make ${derived}.`,
      `${fileName}: ID ${tool.id} が名前とコードから導かれる ${derived} と一致しません。`,
    );
  }
  if (fileName !== `${tool.id}.json`) {
    return faulty('wrong-file-name', `${fileName} holds the tool ${tool.id}.`, `${fileName} の中身はツール ${tool.id} です。`);
  }
  return { ok: true, tool };
}

/** Well-formed but for a character at the very end that was cut in two. */
function endsInsideCharacter(content: Uint8Array): boolean {
  try {
    new TextDecoder('utf-8', { fatal: true }).decode(content, { stream: true });
    return true;
  } catch {
    return false;
  }
}

/** Begins as an object and stops before its end. */
function isCutOff(text: string): boolean {
  const trimmed = text.trim();
  return trimmed.startsWith('{') && !trimmed.endsWith('}');
}

/** Names that more than one of the tools bears, each with the ids; the agent allows one. */
export function duplicateNames(tools: readonly ToolDefinition[]): ReadonlyMap<string, readonly string[]> {
  const ids = new Map<string, string[]>();
  for (const tool of tools) ids.set(tool.name, [...(ids.get(tool.name) ?? []), tool.id]);
  return new Map([...ids].filter(([, same]) => same.length > 1));
}
