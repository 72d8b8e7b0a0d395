/** The way back from `disabled/`: tools that were put away because they made trouble are taken into use again. */
import { toolEnableInput } from '../contracts/inputs/tool-enable.ts';
import { recovery } from './kit/recovery.ts';
import { setAside } from './steps/set-aside.ts';

export const toolEnable = recovery('tool-enable', toolEnableInput, async (r, { tools }) => {
  const aside = setAside(r);
  await aside.mindAgent();
  const enabled = await aside.bringBack({ gate: 'enable', from: 'disabled', tools });
  await aside.startAgent();
  await aside.verify(enabled);
});
