/** What proxies limit and deny, read from themselves and from their files. */
import { readFileSync } from 'node:fs';
import type { TestProxies, TestProxy } from './proxy.ts';

/** As `others 5, requests 30 | 198.51.100.7`. */
export async function guardOf(proxy: TestProxy, { limits, denyList }: TestProxies['files']): Promise<string> {
  const entries = async (line: string): Promise<string> =>
    (await proxy.ask(line).catch(() => ''))
      .split('\n')
      .flatMap((row) => (row.startsWith('0x') ? [row.replace(/^0x\S+ /, '')] : []))
      .toSorted()
      .join(', ');
  return `${await entries(`show map ${limits}`)} | ${await entries(`show acl ${denyList}`)}`;
}

export const guardsOf = ({ proxies, files }: TestProxies): Promise<string[]> =>
  Promise.all(proxies.map((proxy) => guardOf(proxy, files)));

export const filesOf = ({ files }: TestProxies): string =>
  [files.limits, files.denyList].map((path) => readFileSync(path, 'utf8')).join('');
