/** The HTTP API from a terminal: a call answers the parsed body, or throws what a person should read. */
import type { ProblemDocument } from '../../contracts/http/problem.ts';
import { exitCodes } from './exit-codes.ts';

const limitMs = 30_000;

/** Shown without a stack; ends the process with its code. */
export class ClientError extends Error {
  readonly exitCode: number;
  readonly problem: Partial<ProblemDocument> | undefined;
  constructor(message: string, exitCode: number, problem?: Partial<ProblemDocument>) {
    super(message);
    this.exitCode = exitCode;
    this.problem = problem;
  }
}

export interface Client {
  readonly api: string;
  get<T>(path: string): Promise<T>;
  post<T>(path: string, body?: unknown): Promise<T>;
  /** The raw answer, for streams; the caller ends it through the signal. */
  open(path: string, headers?: Readonly<Record<string, string>>, signal?: AbortSignal): Promise<Response>;
}

export function createClient({ api, token }: { readonly api: string; readonly token: string | undefined }): Client {
  const send = async (path: string, init: RequestInit): Promise<Response> => {
    const headers = {
      ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
      ...(init.headers as Record<string, string>),
    };
    let answer: Response;
    try {
      answer = await fetch(new URL(path, api), { ...init, headers });
    } catch (error) {
      if ((error as Error).name === 'AbortError') throw error;
      const { cause, message } = error as Error & { cause?: Error };
      throw new ClientError(`The API at ${api} cannot be reached: ${cause?.message || message}`, exitCodes.away);
    }
    if (answer.ok) return answer;
    throw await refusal(answer);
  };
  const parsed = async <T>(path: string, init: RequestInit): Promise<T> =>
    (await (await send(path, { ...init, signal: AbortSignal.timeout(limitMs) })).json()) as T;
  return {
    api,
    get: (path) => parsed(path, {}),
    post: (path, body) =>
      parsed(path, {
        method: 'POST',
        ...(body === undefined ? {} : { headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) }),
      }),
    open: (path, headers = {}, signal) => send(path, { headers, ...(signal ? { signal } : {}) }),
  };
}

async function refusal(answer: Response): Promise<ClientError> {
  const text = await answer.text();
  const problem = parse(text);
  const lines = [
    `${answer.status} ${problem?.code ?? answer.statusText}: ${problem?.detail ?? text.slice(0, 300)}`,
    ...(problem?.errors ?? []).map(({ path, message }) => `  ${path}: ${message}`),
    ...(problem?.heldBy ? [`  held by ${problem.heldBy.kind} ${problem.heldBy.id} since ${problem.heldBy.since}`] : []),
    ...(problem?.hint ? [`  ${problem.hint}`] : []),
    ...(answer.status === 401 ? ['  Set OKIAGARI_TOKEN, or OKIAGARI_TOKEN_FILE to a file that holds it.'] : []),
  ];
  return new ClientError(lines.join('\n'), answer.status >= 500 ? exitCodes.away : exitCodes.refused, problem);
}

function parse(text: string): Partial<ProblemDocument> | undefined {
  try {
    return JSON.parse(text) as Partial<ProblemDocument>;
  } catch {
    return undefined;
  }
}
