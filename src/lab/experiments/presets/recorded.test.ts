/** The results that come with the page are of the presets as they stand, finished, and docs/findings.md quotes them as they are. */
import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import type { ExperimentRecord } from '../experiment';
import { readExperimentDesign, readExperimentFile, writeExperimentFile } from '../parse';
import { reportOf } from '../report';
import { reportMarkdown } from '../report-markdown';
import { presets } from '.';

const root = path.resolve(import.meta.dirname, '../../../..');
const findings = readFileSync(path.join(root, 'docs/findings.md'), 'utf8');

const fileOf = (id: string) => path.join(root, 'public/runs/experiments', `${id}.json`);
const recordOf = (id: string): ExperimentRecord => readExperimentFile(readFileSync(fileOf(id), 'utf8'), id);

describe.each(presets.map((preset) => [preset.id, preset] as const))('the recorded result of %s', (id, preset) => {
  it('exists', () => expect(existsSync(fileOf(id))).toBe(true));

  it('is of the experiment that the page would run', () => {
    const asked = readExperimentDesign(writeExperimentFile(preset.experiment), id);
    expect(recordOf(id).experiment).toEqual(asked);
  });

  it('is finished, with at least three seeds, or many configurations', () => {
    const { state, experiment, arms } = recordOf(id);
    expect(state).toBe('done');
    if (experiment.arms.kind === 'random') expect(arms.length).toBeGreaterThanOrEqual(30);
    else expect(experiment.seeds.length).toBeGreaterThanOrEqual(3);
  });

  it('timed a decoded token of every arm', () => {
    const { arms, decodeMilliseconds } = recordOf(id);
    expect(Object.keys(decodeMilliseconds).toSorted()).toEqual(arms.map((arm) => arm.id).toSorted());
  });

  it('trained at least 50 tokens a parameter, unless that is what it asks about', () => {
    const { arms, experiment } = recordOf(id);
    const axes = experiment.arms.kind === 'grid' ? experiment.arms.axes.map(({ key }) => key) : [];
    if (axes.includes('tokensPerParameter')) return;
    expect(Math.min(...arms.map(({ tokensPerParameter }) => tokensPerParameter))).toBeGreaterThanOrEqual(50);
  });

  it('is quoted in docs/findings.md as it is', () => {
    expect(findings).toContain(reportMarkdown(reportOf(recordOf(id), preset.paper)));
  });
});
