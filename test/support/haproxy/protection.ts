/** Rules that protect a test proxy against floods, as docs/traffic.md has them, with the files they read; and how they are declared. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';

export interface ProtectionFiles {
  readonly denyList: string;
  readonly allowList: string;
  readonly limits: string;
}

/** Never denied: where our own probe comes from, and an operator who sends as much as an attacker. */
export const never = ['127.0.0.1', '127.0.0.9'] as const;
export const operator = never[1];

/** What a person wrote into the files stays there. */
export function writeProtectionFiles(folder: string): ProtectionFiles {
  const files = {
    denyList: join(folder, 'deny.lst'),
    allowList: join(folder, 'never.lst'),
    limits: join(folder, 'limits.map'),
  };
  writeFileSync(files.denyList, '# denied for years\n198.51.100.7\n');
  writeFileSync(files.allowList, `${never.join('\n')}\n`);
  writeFileSync(files.limits, '# name, requests within 2 s\nothers 5\n');
  return files;
}

/** The table forgets fast, so that tests need not wait. */
export const rulesOf = ({ denyList, allowList, limits }: ProtectionFiles): string => `
  acl never src -f ${allowList}
  http-request track-sc0 src table sources
  http-request deny deny_status 403 if !never { src -f ${denyList} }
  http-request set-var(txn.limit) str(requests),map_str_int(${limits},0)
  http-request deny deny_status 429 if !never { var(txn.limit) -m int gt 0 } { sc_http_req_rate(0),sub(txn.limit) gt 0 }`;

export const tableOf = `
backend sources
  stick-table type ipv6 size 10k expire 1m store http_req_rate(2s)
`;

/** As the inventory declares it. */
export const declaredProtection = ({ denyList, allowList, limits }: ProtectionFiles, port: number) => ({
  frontend: 'users',
  table: 'sources',
  limits: { map: limits },
  denyList,
  allowList,
  never: [...never],
  attacker: 40,
  stages: [
    { limit: 30, deny: 0 },
    { limit: 20, deny: 5 },
  ],
  bears: 80,
  lowerAfter: '500ms',
  watch: { window: '400ms', within: '3s' },
  probe: { url: `http://127.0.0.1:${port}/probe`, host: 'shop.example.jp', every: '100ms' },
});
