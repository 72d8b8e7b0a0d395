/** region-drill killed at its points: home is cut off once and let back, requests and names are moved once; taken back, all of it is as before. */
import { drillCase } from '../support/crash/cases/drill.ts';
import { sweep } from '../support/crash/sweep.ts';

sweep('region-drill', drillCase());
sweep('region-drill taken back', drillCase('watchSide#1: after'));
