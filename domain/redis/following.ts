/** Whom a server follows, as the text of its configuration says it: added as a block of ours, and taken out without a trace. */

export interface Address {
  readonly host: string;
  readonly port: number;
}

/** Nobody listens there: who follows it refuses writes, and keeps what it has. */
export const nobody: Address = { host: '127.0.0.1', port: 1 };

const mark = '# Written by Okiagari: this server follows another one.';
const block = /# Written by Okiagari: this server follows another one\.\n(?:replicaof [^\n]*\n)?/g;

/** The last line of a kind counts, so that the block stands at the end. */
export function withFollowing(config: string, { host, port }: Address): string {
  const own = withoutFollowing(config);
  return `${own === '' || own.endsWith('\n') ? own : `${own}\n`}${mark}\nreplicaof ${host} ${port}\n`;
}

export const withoutFollowing = (config: string): string => config.replaceAll(block, '');

/** Whom the block of ours says; undefined where there is none. */
export const followed = (config: string): string | undefined =>
  config
    .match(block)
    ?.at(-1)
    ?.match(/^replicaof (.*)$/m)?.[1];
