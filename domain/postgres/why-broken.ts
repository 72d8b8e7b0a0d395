/** Why a restored server is not whole, by what a look through its database tells. */
import type { Text } from '../text.ts';
import type { Inspection } from './inspection.ts';

/** What no server can have that was whole when it was copied; what production may have as well is the checklist's. */
export function whyBroken(id: string, { checksumFailures, indexCheck }: Inspection): Text | undefined {
  if (checksumFailures !== null && checksumFailures > 0) {
    return {
      en: `${id}: ${checksumFailures} pages failed their checksum.`,
      ja: `${id}: ${checksumFailures} ページでチェックサムエラーが発生しました。`,
    };
  }
  if (indexCheck.is !== 'done' || indexCheck.broken.count === 0) return undefined;
  const names = indexCheck.broken.names.join(', ');
  return { en: `${id}: indexes are out of order: ${names}.`, ja: `${id}: インデックスが壊れています: ${names}。` };
}
