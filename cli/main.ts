/** The `okiagari` command: everything the API can do, from a terminal. */
import process from 'node:process';
import { Command, CommanderError } from 'commander';
import { backupCommand } from './backup.ts';
import { exitCodeHelp, exitCodes } from './client/exit-codes.ts';
import { approveCommand, rejectCommand } from './decide.ts';
import { drillCommand } from './drill.ts';
import { doctorCommand } from './doctor.ts';
import { nodeCommand } from './node.ts';
import { apiCommand, startCommand, workerCommand } from './processes.ts';
import { recoverCommand } from './recover.ts';
import { statusCommand } from './status.ts';

const commands = [
  startCommand(),
  recoverCommand(),
  statusCommand(),
  approveCommand(),
  rejectCommand(),
  backupCommand(),
  drillCommand(),
  doctorCommand(),
  workerCommand(),
  apiCommand(),
  nodeCommand(),
];
const program = new Command('okiagari').description('Disaster recovery as durable workflows.').addHelpText('after', exitCodeHelp);
for (const command of commands) program.addCommand(command.exitOverride());

try {
  await program.exitOverride().parseAsync(process.argv);
} catch (error) {
  if (!(error instanceof CommanderError)) throw error;
  // Help and version end well; everything else that commander throws is wrong usage.
  process.exitCode = error.exitCode === 0 ? exitCodes.done : exitCodes.usage;
}
