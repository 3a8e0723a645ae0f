/**
 * The entry `quantization_config` of a config.json: which tensors of the checkpoint are quantised, and in which layout.
 *
 * The key is Hugging Face's; the layout (src/graph/quantised.ts) is that of onnxruntime's MatMulNBits, which no method that
 * `transformers` knows has. A file of another method is refused.
 */
import type { QuantisedMatrix } from '../graph/quantised';
import { shortJson } from './short-json';

export interface QuantisationConfig {
  readonly bits: 4 | 8;
  /** Columns that share a scale; null where a row has one. */
  readonly groupSize: 32 | 64 | 128 | null;
  readonly zeroPoint: boolean;
  /** Names of the quantised tensors without `.weight`. */
  readonly modules: readonly string[];
}

const method = 'matmul_nbits';
const groupSizes: readonly unknown[] = [-1, 32, 64, 128];
const keys = new Set(['quant_method', 'bits', 'group_size', 'zero_point', 'scheme', 'modules']);

/** `int4-row`, `int8-32`, `int4-row-zero`. */
function schemeName({ bits, groupSize, zeroPoint }: Omit<QuantisationConfig, 'modules'>): string {
  return `int${bits}-${groupSize ?? 'row'}${zeroPoint ? '-zero' : ''}`;
}

/** What is wrong with the entry, as a sentence; null when it can be read. */
export function quantisationProblem(value: unknown): string | null {
  if (value === null) return null;
  const fail = (key: string, wanted: string) =>
    `quantization_config.${key} is ${shortJson((value as Record<string, unknown>)[key])}: ${wanted}`;
  if (typeof value !== 'object' || Array.isArray(value)) {
    return `quantization_config is ${shortJson(value)}: an object is needed.`;
  }
  const given = value as Readonly<Record<string, unknown>>;
  if (given.quant_method !== method) {
    return fail(
      'quant_method',
      `only "${method}" can be read; save the weights as F32, F16 or BF16 and quantise them here.`,
    );
  }
  if (given.bits !== 4 && given.bits !== 8) return fail('bits', 'only 4 and 8 can be read.');
  if (!groupSizes.includes(given.group_size)) {
    return fail('group_size', 'only 32, 64, 128, and -1 for one scale a row, can be read.');
  }
  if (typeof given.zero_point !== 'boolean') return fail('zero_point', 'true or false is needed.');
  const { modules } = given;
  if (!Array.isArray(modules) || modules.length === 0 || !modules.every((name) => typeof name === 'string')) {
    return fail('modules', 'the names of the quantised matrices are needed, without ".weight".');
  }
  const strange = Object.keys(given).find((key) => !keys.has(key));
  if (strange !== undefined) return fail(strange, 'what it changes is unknown; remove it.');
  const scheme = schemeName(readEntry(given));
  if (given.scheme !== undefined && given.scheme !== scheme) {
    return fail('scheme', `its bits, group_size and zero_point are those of "${scheme}".`);
  }
  return null;
}

/** The entry of a config.json in which `quantisationProblem` finds no fault; null without one. */
export function quantisationOf(json: unknown): QuantisationConfig | null {
  const { quantization_config: entry } = json as { readonly quantization_config?: Readonly<Record<string, unknown>> };
  return entry ? readEntry(entry) : null;
}

function readEntry(entry: Readonly<Record<string, unknown>>): QuantisationConfig {
  return {
    bits: entry.bits as 4 | 8,
    groupSize: entry.group_size === -1 ? null : (entry.group_size as 32 | 64 | 128),
    zeroPoint: entry.zero_point as boolean,
    modules: entry.modules as string[],
  };
}

/** The entry as it stands in a config.json. */
export function quantisationJson(config: QuantisationConfig): Record<string, unknown> {
  const { bits, groupSize, zeroPoint, modules } = config;
  return {
    quant_method: method,
    bits,
    group_size: groupSize ?? -1,
    zero_point: zeroPoint,
    scheme: schemeName(config),
    modules,
  };
}

/** What all of the matrices, by the names of their tensors, have in common; null when they differ. */
export function commonQuantisation(matrices: ReadonlyMap<string, QuantisedMatrix>): QuantisationConfig | null {
  const all = [...matrices.values()];
  const [first] = all;
  if (!first) return null;
  const { bits, block } = first;
  const zeroPoint = first.zeros !== null;
  const rows = all.every((matrix) => matrix.block === matrix.K);
  const alike = all.every((matrix) => matrix.bits === bits && (matrix.zeros !== null) === zeroPoint);
  if (!alike || !(rows || all.every((matrix) => matrix.block === block))) return null;
  const groupSize = rows ? null : (block as 32 | 64 | 128);
  return { bits, groupSize, zeroPoint, modules: [...matrices.keys()].map((name) => name.replace(/\.weight$/, '')) };
}
