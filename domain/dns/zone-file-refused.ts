/** A zone file that is not understood, or that a change would break. */
import { fail } from '../fail.ts';

/** What cannot be read here is refused, never guessed. Lines count from 1. */
export const refusedAt = (line: number, en: string, ja: string) =>
  fail('zone-file-refused', { en: `Line ${line} of the zone file: ${en}.`, ja: `ゾーンファイルの ${line} 行目: ${ja}。` });

export const refusedFile = (en: string, ja: string) =>
  fail('zone-file-refused', { en: `The zone file ${en}.`, ja: `ゾーンファイル: ${ja}。` });
