/** A process that announces one event with the real adapters, so that it can be killed in the middle. */
import process from 'node:process';
import { createAnnounce } from '../../activities/announce.ts';
import { createPorts } from '../../adapters/ports.ts';
import { resolveSecret } from '../../config/environment.ts';
import { scenarios } from '../../contracts/scenarios.ts';
import { gateOpened, notifyInventory } from './notify-world.ts';

const [data] = process.argv.slice(2);
if (data === undefined) throw new Error('usage: announcer.ts DATA');

// A test process that dies without its hooks must not leave this one behind.
process.stdin.resume().once('end', () => process.exit());

const announce = createAnnounce(createPorts({ inventory: notifyInventory, data, secret: resolveSecret }), scenarios);
process.stdout.write(JSON.stringify(await announce(gateOpened)));
process.exit();
