/** Which tools the audit log says were made or deleted since a moment: both of its writers, each event counted once. */
import type { Text } from '../text.ts';

const made = new Set(['tool.create', 'tool.import', 'create_tool']);
const deleted = new Set(['tool.delete', 'delete_dynamic_tool']);
/** Most lines are runs; only those that may matter are parsed. */
const mayMatter = /"(?:tool\.create|tool\.import|create_tool|tool\.delete|delete_dynamic_tool)"/;

export class LogTools {
  readonly #since: number;
  readonly #created = new Set<string>();
  readonly #deleted = new Set<string>();

  constructor(since: string) {
    this.#since = Date.parse(since);
  }

  /** One line of the log, in its order; what is no entry is passed over. */
  take(line: string): void {
    if (!mayMatter.test(line)) return;
    const entry = parse(line);
    const { toolId, action } = entry;
    if (entry['success'] !== true || typeof toolId !== 'string' || typeof action !== 'string') return;
    if (!(Date.parse(String(entry['timestamp'])) >= this.#since)) return;
    if (made.has(action)) {
      this.#created.add(toolId);
      this.#deleted.delete(toolId);
    } else if (deleted.has(action)) {
      this.#deleted.add(toolId);
      this.#created.delete(toolId);
    }
  }

  /** Ids of tools made since, and not deleted again. */
  get created(): ReadonlySet<string> {
    return this.#created;
  }

  /** Ids of tools deleted since, and not made again. */
  get deleted(): ReadonlySet<string> {
    return this.#deleted;
  }
}

function parse(line: string): Readonly<Record<string, unknown>> {
  try {
    const value: unknown = JSON.parse(line);
    return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {};
  } catch {
    return {};
  }
}

/** Why an entry is not as one of the log's two writers makes it; undefined where it is. */
export function entryFault(line: string): Text | undefined {
  const entry = parse(line);
  const { timestamp, action, success } = entry;
  const isTime = typeof timestamp === 'string' && /^\d{4}-\d\d-\d\dT/.test(timestamp) && !Number.isNaN(Date.parse(timestamp));
  const wrong = !isTime
    ? 'timestamp'
    : typeof action !== 'string' || action === ''
      ? 'action'
      : typeof success !== 'boolean'
        ? 'success'
        : undefined;
  if (wrong === undefined) return undefined;
  return { en: `An entry has no proper ${wrong}.`, ja: `${wrong} が正しくないエントリがあります。` };
}
