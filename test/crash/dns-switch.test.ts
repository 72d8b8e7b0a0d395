/** dns-switch killed at its points: the names stand as they should, and the serial counts one change for each that was meant. */
import { dnsCase } from '../support/crash/cases/dns.ts';
import { sweep } from '../support/crash/sweep.ts';

sweep('dns-switch in an outage', dnsCase({ input: { side: 'dr' }, changes: 1 }));
// Made of the same activities, three times over.
sweep('dns-switch that was planned', { ...dnsCase({ input: { side: 'dr', planned: true }, changes: 3 }), only: ['applyDns'] });
sweep('dns-switch taken back', dnsCase({ input: { side: 'dr' }, changes: 2, cancelAt: 'applyDns#1: after' }));
sweep('dns-switch in a file', { ...dnsCase({ input: { side: 'dr' }, changes: 1, from: 'file' }), only: ['applyDns'] });
sweep('dns-switch by a standby', {
  ...dnsCase({ input: { side: 'dr' }, changes: 1, isPrimaryGone: true }),
  only: ['applyTakeover'],
});
// Killed there, the purge is sent again under the same key.
sweep('dns-switch with a CDN', { ...dnsCase({ input: { side: 'dr' }, changes: 1, hasCdn: true }), only: ['purgeCdn'] });
