/** The way back from `quarantine/`: two people agree to what an investigation found, then the tools are taken into use again. */
import { quarantineReleaseInput } from '../contracts/inputs/quarantine-release.ts';
import { recovery } from './kit/recovery.ts';
import { setAside } from './steps/set-aside.ts';

export const quarantineRelease = recovery('quarantine-release', quarantineReleaseInput, async (r, { tools, finding }) => {
  const aside = setAside(r);
  await aside.mindAgent();
  const released = await aside.bringBack({ gate: 'release', from: 'quarantine', tools, finding });
  await aside.startAgent();
  await aside.verify(released);
});
