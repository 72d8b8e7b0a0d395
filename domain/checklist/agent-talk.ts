/** What the agent is asked in a fresh process, and how its plain-text answers are read. */

/** One call of a tool of the agent. */
export interface AgentCall {
  readonly tool: string;
  readonly input: Readonly<Record<string, unknown>>;
  /** Milliseconds after which an answer is none. */
  readonly timeoutMs: number;
}

export type AgentReply =
  | { readonly outcome: 'answered'; readonly text: string; readonly ms: number }
  | { readonly outcome: 'threw' | 'timed-out' | 'unknown-tool' | 'not-reached'; readonly message: string; readonly ms: number };

/** What became of a session: one reply a call, or why it never began. */
export type AgentTalk =
  | { readonly began: true; readonly loadErrors: readonly string[]; readonly replies: readonly AgentReply[] }
  | { readonly began: false; readonly why: string };

const answerMs = 15_000;
/** The agent lists twenty unless told otherwise, and holds no more than these. */
const listLimit = 100;

/** A tool that is made, run and made to fail in a scratch copy. */
export const checkTool = (nonce: string) => ({
  name: `okiagari_check_${nonce}`,
  description: 'Made by a verification on a scratch copy; safe to delete.',
  code: "function execute(params) {\n  if (params.fail) throw new Error('failed on purpose');\n  return { success: true, sum: params.a + params.b };\n}",
  tags: ['okiagari-check'],
});

const list = (name?: string): AgentCall => ({
  tool: 'list_dynamic_tools',
  input: name === undefined ? { limit: listLimit } : { limit: listLimit, name },
  timeoutMs: answerMs,
});

export const runCall = (name: string, parameters: Readonly<Record<string, unknown>>, timeoutMs: number): AgentCall => ({
  tool: 'run_dynamic_tool',
  input: { tool_name: name, parameters, timeout_ms: timeoutMs },
  timeoutMs,
});

/** In this order; `answerCreation` reads the replies in it. */
export const creationCalls = (nonce: string, mayCreate: boolean): readonly AgentCall[] => {
  const tool = checkTool(nonce);
  if (!mayCreate) return [list()];
  return [
    list(),
    { tool: 'create_tool', input: tool, timeoutMs: answerMs },
    list(tool.name),
    runCall(tool.name, { a: 2, b: 3 }, answerMs),
    runCall(tool.name, { fail: true }, answerMs),
  ];
};

export type ReadReply =
  { readonly ok: true; readonly value: unknown } | { readonly ok: false; readonly why: string; readonly late: boolean };

const resultMark = '結果:\n';
const lateWords = /timeout|timed out|タイムアウト/i;

/** The agent says a failure in ordinary words: only what stands before the result is looked at. */
export function readReply(reply: AgentReply | undefined): ReadReply {
  if (reply === undefined) return { ok: false, why: 'no answer', late: false };
  if (reply.outcome !== 'answered') {
    return { ok: false, why: reply.message, late: reply.outcome === 'timed-out' || lateWords.test(reply.message) };
  }
  const mark = reply.text.indexOf(resultMark);
  const head = (mark < 0 ? reply.text : reply.text.slice(0, mark)).trim();
  if (head.startsWith('エラー') || head.includes('失敗しました')) {
    return { ok: false, why: head.replaceAll(/\s+/g, ' ').slice(0, 200), late: lateWords.test(head) };
  }
  return { ok: true, value: parsed(mark < 0 ? reply.text : reply.text.slice(mark + resultMark.length)) };
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text.trim();
  }
}

/** Ids in a listing. */
export const listedIds = (text: string): ReadonlySet<string> => new Set(text.match(/\bdt_[0-9a-f]{12}\b/g) ?? []);
/** Whether a name stands in a listing as a word of its own. */
export const isListed = (text: string, name: string): boolean => text.split(/[^A-Za-z0-9_-]+/).includes(name);
