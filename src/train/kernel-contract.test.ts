/**
 * WGSL and TypeScript must say the same: for every kernel that any fixture's graphs can run, the bindings in their order and
 * the members of the uniform struct are read from the WGSL (wgsl_reflect) and held against the launch.
 */
import { describe, expect, it } from 'vitest';
import { WgslReflect } from 'wgsl_reflect/wgsl_reflect.module.js';
import { candidates } from '../gpu/choice';
import { fetchVariants } from '../gpu/fetched-variants';
import { bindingsOf } from '../gpu/layout';
import { quantisedKernels } from '../gpu/quantised';
import type { Graph } from '../graph/graph';
import type { Node, Traits, Variant } from '../graph/operation';
import type { ModelConfig } from '../model/config';
import { fixtureNames, readFixture } from '../model/fixture-folder';
import { inspectGraph, promptGraph, scoreGraph, tokenGraph } from '../model/graphs';
import { planTraining } from './plan';
import { recipeDefaults } from './recipe-schema';

const plain: Traits = { subgroups: true, integerActivations: false, storage: () => ({ kind: 'f32' }) };
const quantised: Traits = {
  ...plain,
  quantisedVariants: quantisedKernels.variants,
  storage: ({ packable }) => (packable ? { kind: 'int4', block: 32, zeros: true } : { kind: 'f32' }),
};
const integers: Traits = { ...quantised, integerActivations: true };

/** WebGPU guarantees this many storage buffers a stage; more would not run everywhere. */
const storageLimit = 8;

interface Kernel {
  readonly variant: Variant;
  readonly uses: { readonly node: Node; readonly traits: Traits }[];
}

async function collectKernels(): Promise<Map<string, Kernel>> {
  const kernels = new Map<string, Kernel>();
  for (const name of fixtureNames) {
    const { config } = readFixture(name);
    const graphs: Graph[] = [
      promptGraph(config, 8).graph,
      scoreGraph(config, 5).graph,
      tokenGraph(config).graph,
      inspectGraph(config).graph,
    ];
    for (const traits of [plain, quantised, integers]) {
      const all = traits === plain ? [...graphs, ...trainingGraphs(config)] : graphs;
      const nodes = all.flatMap((graph) => graph.nodes);
      const fetchedVariants = await fetchVariants(nodes);
      for (const node of nodes) {
        for (const variant of candidates(node, { ...traits, fetchedVariants })) {
          const key = `${node.operation.name}/${variant.name}`;
          const kernel = kernels.get(key) ?? { variant, uses: [] };
          kernel.uses.push({ node, traits });
          kernels.set(key, kernel);
        }
      }
    }
  }
  return kernels;
}

/** The graphs of a step and of its update by each optimiser, with and without what is off by default. */
function trainingGraphs(config: ModelConfig): Graph[] {
  const recipe = { ...recipeDefaults, batch: 3, context: 8 };
  const step = planTraining(config, recipe);
  const dropping = planTraining(config, { ...recipe, dropout: 0.1 }, { softPrompt: 2 });
  const updates = (['adamw', 'sgd', 'muon'] as const).map(
    (optimizer) => planTraining(config, { ...recipe, optimizer }).optimiser.graph,
  );
  return [step.training.graph, dropping.training.graph, ...updates];
}

/** The module without its function bodies: wgsl_reflect 1.6 stumbles over names such as `workgroup` inside them. */
function declarations(wgsl: string): string {
  return wgsl.replace(/^(@compute[^\n]*\n)?fn [\s\S]*?^}\n/gm, '');
}

const kernels = await collectKernels();

describe.each([...kernels.keys()])('%s', (name) => {
  const { variant, uses } = kernels.get(name) as Kernel;
  const reflected = new WgslReflect(declarations(variant.wgsl));

  it('lists the bindings of its WGSL', () => {
    const groups = reflected.getBindGroups()[0] ?? [];
    const names = groups.map((binding) => binding.name);
    expect(names).toEqual(['sizes', ...variant.bindings]);
    expect(bindingsOf(variant.wgsl).map((binding) => binding.name)).toEqual(names);
    expect(variant.bindings.length).toBeLessThanOrEqual(storageLimit);
  });

  it('fills the uniform struct of its WGSL', () => {
    const [uniform] = reflected.uniforms;
    const members = (uniform?.members ?? []).map((member) => `${member.name}: ${member.type.name}`);
    for (const { node, traits } of uses) {
      const { uniforms } = variant.launch(node, traits);
      expect(uniforms.map((value) => `${value.name}: ${'u32' in value ? 'u32' : 'f32'}`)).toEqual(members);
    }
  });

  it('sets only constants that its WGSL declares, and binds only what it lists', () => {
    const overrides = reflected.overrides.map((override) => override.name);
    for (const { node, traits } of uses) {
      const launch = variant.launch(node, traits);
      expect(overrides).toEqual(expect.arrayContaining(Object.keys(launch.constants ?? {})));
      expect(variant.bindings).toEqual(expect.arrayContaining(Object.keys(launch.tensors)));
      for (const count of launch.workgroups) expect(count).toBeLessThanOrEqual(65_535);
      expect(Math.min(...launch.workgroups)).toBeGreaterThan(0);
    }
  });
});

it('has a kernel without barriers or subgroups for every operation', () => {
  const operations = new Set([...kernels.keys()].map((key) => key.split('/')[0]));
  for (const operation of operations) {
    const plain = [...kernels].filter(
      ([key, { variant }]) =>
        key.startsWith(`${operation}/`) && !/workgroupBarrier|enable subgroups/.test(variant.wgsl),
    );
    expect(plain.length).toBeGreaterThan(0);
  }
});

it('runs a kernel that cannot do without subgroups only where they are there', () => {
  for (const { variant, uses } of kernels.values()) {
    if (!/enable subgroups/.test(variant.wgsl)) continue;
    for (const { node, traits } of uses) expect(variant.supports(node, { ...traits, subgroups: false })).toBe(false);
  }
});

it('keeps barriers out of the family that software adapters run', () => {
  for (const { variant } of kernels.values()) {
    if (variant.family !== 'group') expect(variant.wgsl).not.toMatch(/workgroupBarrier/);
  }
});
