/** Why a restore treats a file as it does, in words. */
import type { Text } from '../text.ts';
import type { JudgedTool } from './tool-file.ts';

export const whyKept = {
  missing: { en: 'It is missing.', ja: '存在しません。' },
  same: { en: 'It is as in the backup.', ja: 'バックアップと同一です。' },
  used: { en: 'It was only used since; use is not damage.', ja: '使用による変化のみで、損傷ではありません。' },
  attributes: { en: 'Its mode or owner differs.', ja: 'モードまたは所有者が異なります。' },
  link: { en: 'A link stands in its place.', ja: 'リンクに置き換わっています。' },
  setAside: (path: string): Text => ({
    en: `It was put aside on purpose: ${path}. Name it in a tool-restore to bring it back.`,
    ja: `意図的に退避されています: ${path}。戻すには tool-restore で指定してください。`,
  }),
  differs: (judged: JudgedTool | undefined): Text =>
    judged?.ok === false ? judged.sentence : { en: 'Its content differs.', ja: '内容が異なります。' },
  foreign: (judged: JudgedTool | undefined): Text =>
    judged?.ok === false
      ? {
          en: `Not in the backup, and the agent cannot read it: ${judged.sentence.en}`,
          ja: `バックアップになく、エージェントも読めません: ${judged.sentence.ja}`,
        }
      : { en: 'Added since the backup.', ja: 'バックアップ後に追加されました。' },
} as const;
