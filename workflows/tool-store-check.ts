/** The checklist with people: they look at what machines cannot, another one signs, and nothing is changed. */
import { toolStoreCheckInput } from '../contracts/inputs/tool-store-check.ts';
import { recovery } from './kit/recovery.ts';
import { checklist } from './steps/checklist.ts';
import { signOff } from './steps/sign-off.ts';

export const toolStoreCheck = recovery('tool-store-check', toolStoreCheckInput, async (r, input) => {
  const list = checklist(r);
  const filled = await list.fillIn(input);
  await list.lookYourselves(filled);
  await signOff(r, filled);
  await list.verifyAsFilled(filled);
});
