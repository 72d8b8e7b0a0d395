/** Reads one line's JSON in either writer's vocabulary. */
import type { LogEntry } from './words.ts';

/** Errors in a log are for people to recognise, not to be kept whole. */
const errorChars = 160;

/** Undefined for a value that is no line of either writer: not an object, or without an action. */
export function entryOf(value: unknown): LogEntry | undefined {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return undefined;
  const line = value as Record<string, unknown>;
  const action = text(line['action']);
  if (action === undefined) return undefined;
  const toolId = text(line['toolId']);
  return {
    at: text(line['timestamp']),
    action,
    tool: text(line['toolName']) ?? toolId ?? unnamed,
    toolId,
    actor: text(line['actor']),
    failed: line['success'] === false,
    error: errorOf(line)?.slice(0, errorChars),
  };
}

export const unnamed = '(unnamed)';

const text = (value: unknown): string | undefined =>
  typeof value === 'string' && value !== '' ? value.slice(0, 200) : undefined;

/** The extension says `error`, the library `errorMessage`; both may leave it to `details`. */
function errorOf({ error, errorMessage, details }: Record<string, unknown>): string | undefined {
  const inner = (typeof details === 'object' && details !== null ? details : {}) as Record<string, unknown>;
  const candidates = [error, errorMessage, inner['error'], inner['errorMessage'], inner['message']];
  return candidates.find((one): one is string => typeof one === 'string' && one !== '');
}

export const isRun = ({ action }: Pick<LogEntry, 'action'>): boolean => action === 'run_dynamic_tool' || action === 'tool.run';
export const isTimeout = ({ failed, error = '' }: LogEntry): boolean => failed && /timeout|timed out|タイムアウト/i.test(error);

/** The library's note, the extension's note of the same creation, and its note that the tool is a dangerous one. */
export const creationActions: readonly string[] = ['tool.create', 'create_tool', 'high_stakes_tool_creation'];
export const isCreation = ({ action }: Pick<LogEntry, 'action'>): boolean => creationActions.includes(action);
/** Written beside a `create_tool` of the same tool. */
export const isTwin = ({ action, actor }: Pick<LogEntry, 'action' | 'actor'>): boolean =>
  action === 'tool.create' && actor === 'extension';
