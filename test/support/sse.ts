/** Reads a stream of server-sent events as a program would. */

export interface SentEvent {
  readonly event: string;
  readonly id: number;
  readonly data: Record<string, unknown>;
}

export interface Stream {
  readonly status: number;
  readonly contentType: string | null;
  readonly events: SentEvent[];
  /** Lines that only keep the line open. */
  readonly comments: string[];
  /** Whether the server has closed it. */
  ended: boolean;
  leave(): void;
}

/** Opens the stream and goes on reading; `events` grows. */
export async function openStream(url: string, headers: Record<string, string>): Promise<Stream> {
  const controller = new AbortController();
  const answer = await fetch(url, { headers, signal: controller.signal });
  const stream: Stream = {
    status: answer.status,
    contentType: answer.headers.get('content-type'),
    events: [],
    comments: [],
    ended: false,
    leave: () => controller.abort(),
  };
  void read(answer, stream).catch(() => undefined);
  return stream;
}

async function read(answer: Response, stream: Stream): Promise<void> {
  let rest = '';
  const decoder = new TextDecoder();
  for await (const chunk of answer.body!) {
    const blocks = (rest + decoder.decode(chunk as Uint8Array, { stream: true })).split('\n\n');
    rest = blocks.pop()!;
    stream.events.push(...parseEvents(blocks));
    stream.comments.push(...blocks.filter((block) => block.startsWith(':')));
  }
  stream.ended = true;
}

export const parseEvents = (blocks: readonly string[]): SentEvent[] =>
  blocks.flatMap((block) => {
    const fields = Object.fromEntries(block.split('\n').map((line) => [line.split(': ')[0], line.slice(line.indexOf(': ') + 2)]));
    return fields['event'] === undefined
      ? []
      : [{ event: fields['event'], id: Number(fields['id']), data: JSON.parse(fields['data']) as Record<string, unknown> }];
  });
