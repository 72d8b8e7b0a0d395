/** A recovery that uses every word of the kernel ends well whoever is killed whenever; one with inner recoveries side by side taken back too. */
import { toyCase } from '../support/crash/cases/toys.ts';
import { strikeAtRandom } from '../support/crash/strike-at-random.ts';
import { sweep } from '../support/crash/sweep.ts';

const everyWord = toyCase({
  scenario: 'toy-whole',
  input: () => ({ value: 5, note: 'sweep' }),
  diaries: { '': ['set 5'], '-inner': ['pause', 'set 5', 'resume'] },
});
const takenBack = toyCase({
  scenario: 'toy-together',
  input: (target) => ({ first: `${target}-first`, second: `${target}-second`, value: 5 }),
  diaries: { '': ['set 5', 'set 1'], '-first': ['set 5', 'set 1'], '-second': ['set 5', 'set 1'] },
  cancelAt: 'applySet#3: after',
});

sweep('every word', everyWord);
sweep('inner recoveries taken back', takenBack);
strikeAtRandom('every word', everyWord);
