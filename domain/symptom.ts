/** One thing that is wrong, in both languages. */
import type { Diagnosis } from './diagnosis.ts';

export type Symptom = Diagnosis['symptoms'][number];

export const symptom = (id: string, en: string, ja: string, evidence?: Symptom['evidence']): Symptom => ({
  id,
  sentence: { en, ja },
  ...(evidence && { evidence }),
});
