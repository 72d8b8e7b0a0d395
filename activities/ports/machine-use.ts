/** How full this machine is. */
import type { MachineUse } from '../../domain/checklist/machine-answers.ts';

/** `folder` names the file system; as `df` and the kernel count. Fails: ENOENT. */
export type ReadMachineUse = (folder: string) => Promise<MachineUse>;
