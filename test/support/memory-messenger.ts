/** Channels in memory, with the promises of the port: what was taken can be read, and a channel can be made to refuse. */
import type { Attempt, Mail, Messenger, Post } from '../../activities/ports/messenger.ts';

export interface MemoryMessenger extends Messenger {
  readonly mails: Mail[];
  readonly posts: (Post & { readonly webhook: string })[];
  /** Reasons by mail address or id of a webhook, until taken away. */
  readonly refusals: Map<string, { readonly why: string; readonly again: boolean }>;
}

export function createMemoryMessenger(): MemoryMessenger {
  const mails: Mail[] = [];
  const posts: MemoryMessenger['posts'] = [];
  const refusals: MemoryMessenger['refusals'] = new Map();
  const attempt = async (to: string, signal: AbortSignal | undefined, take: () => void): Promise<Attempt> => {
    await Promise.resolve();
    if (signal?.aborted) return { taken: false, why: 'cancelled', again: true };
    const refusal = refusals.get(to);
    if (refusal) return { taken: false, ...refusal };
    take();
    return { taken: true };
  };
  return {
    mails,
    posts,
    refusals,
    mail: (_, mail, signal) => attempt(mail.to, signal, () => void mails.push(mail)),
    post: ({ id }, post, signal) => attempt(id, signal, () => void posts.push({ ...post, webhook: id })),
  };
}
