/** The machine of a database server that no command of ours gets to. */
import { symptom, type Symptom } from './symptom.ts';

/** Found while all is well it is a key to be renewed; found in the night, a fence that nobody can prove. */
export const judgeReach = (node: string, said: string): Symptom =>
  symptom(
    'machine-unreachable',
    `The machine of ${node} cannot be asked, so nobody could prove it gone: ${said}`,
    `${node} のマシンを操作できず、停止の証明ができません: ${said}`,
    { node },
  );
