/** The `okiagari` command: everything the API can do, from a terminal. */
import { enableCompileCache } from 'node:module';
import { join } from 'node:path';
import process from 'node:process';
import { Command, CommanderError } from 'commander';
import { cacheFolder } from '../scripts/temporal-cli.mjs';
import { exitCodeHelp, exitCodes } from './client/exit-codes.ts';

/** A worker runs `node` for each thing that it asks of a machine: nothing is loaded that the command at hand does not need. */
const commands: Readonly<Record<string, () => Promise<Command>>> = {
  start: async () => (await import('./processes.ts')).startCommand(),
  recover: async () => (await import('./recover.ts')).recoverCommand(),
  status: async () => (await import('./status.ts')).statusCommand(),
  approve: async () => (await import('./decide.ts')).approveCommand(),
  reject: async () => (await import('./decide.ts')).rejectCommand(),
  backup: async () => (await import('./backup.ts')).backupCommand(),
  drill: async () => (await import('./drill.ts')).drillCommand(),
  doctor: async () => (await import('./doctor.ts')).doctorCommand(),
  worker: async () => (await import('./processes.ts')).workerCommand(),
  api: async () => (await import('./processes.ts')).apiCommand(),
  node: async () => (await import('./node.ts')).nodeCommand(),
};

// In a folder of the user's own: what lies in a shared one could be anybody's. Where none is writable it only takes longer.
enableCompileCache(join(cacheFolder(), 'compiled'));

const named = process.argv[2] ?? '';
const wanted = Object.hasOwn(commands, named) ? [commands[named]!] : Object.values(commands);
const program = new Command('okiagari').description('Disaster recovery as durable workflows.').addHelpText('after', exitCodeHelp);
for (const load of wanted) program.addCommand((await load()).exitOverride());

try {
  await program.exitOverride().parseAsync(process.argv);
} catch (error) {
  if (!(error instanceof CommanderError)) throw error;
  // Help and version end well; everything else that commander throws is wrong usage.
  process.exitCode = error.exitCode === 0 ? exitCodes.done : exitCodes.usage;
}
