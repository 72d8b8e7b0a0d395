/** Messages to people: one mail to one address, one post to one webhook. One attempt each; to repeat is the caller's affair. */
import type { NotifyEntry } from '../../contracts/inventory.ts';

export interface Mail {
  readonly to: string;
  readonly subject: string;
  readonly text: string;
  /** Stands in the Message-ID: letters and digits, the same for a repeat, so that a mailbox can tell it from news. */
  readonly id: string;
}

export interface Post {
  /** Goes along as Idempotency-Key, the same for a repeat. */
  readonly event: string;
  /** JSON, sent and signed as it is. */
  readonly body: string;
}

/** `why` holds no secret. `again`: the same attempt may succeed a moment later without anybody doing anything. */
export type Attempt = { readonly taken: true } | { readonly taken: false; readonly why: string; readonly again: boolean };

/** Never throws for what a channel does, nor when `signal` ends the attempt. `taken` means that the other side said so. */
export interface Messenger {
  mail(smtp: NonNullable<NotifyEntry['smtp']>, mail: Mail, signal?: AbortSignal): Promise<Attempt>;
  post(webhook: NotifyEntry['webhooks'][number], post: Post, signal?: AbortSignal): Promise<Attempt>;
}
