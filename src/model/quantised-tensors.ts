/**
 * A quantised matrix as tensors of a safetensors file, and back, byte for byte:
 *
 *     <name>           U8   [N, bytes of a row]   the integers, packed
 *     <name>.scales    F32  [N, blocks]
 *     <name>.zeros     U8   [N, blocks]           with zero points only
 */
import { blocksOfRow, type QuantisedMatrix, rowBytes } from '../graph/quantised';
import { shapeText } from '../graph/tensor';
import { numberFormats } from './number-format';
import type { QuantisationConfig } from './quantisation-config';
import type { DType, StoredTensor } from './safetensors';

const scalesOf = (name: string) => `${name}.scales`;
const zerosOf = (name: string) => `${name}.zeros`;

/** The names of the tensors behind a quantised matrix called `name`. */
export function quantisedNames(name: string, { zeroPoint }: QuantisationConfig): string[] {
  return [name, scalesOf(name), ...(zeroPoint ? [zerosOf(name)] : [])];
}

export function quantisedTensors(name: string, matrix: QuantisedMatrix): [string, StoredTensor][] {
  const { N, packed, scales, zeros } = matrix;
  const blocks = blocksOfRow(matrix);
  return [
    [name, { dtype: 'U8', shape: [N, rowBytes(matrix)], data: packed }],
    [scalesOf(name), { dtype: 'F32', shape: [N, blocks], data: numberFormats.F32.encode(scales) }],
    ...(zeros ? [[zerosOf(name), { dtype: 'U8', shape: [N, blocks], data: zeros }] as [string, StoredTensor]] : []),
  ];
}

/** The matrix called `name` of shape [N, K]; a sentence when the tensors are those of another layout. */
export function readQuantised(
  name: string,
  [N = 0, K = 0]: readonly number[],
  { bits, groupSize, zeroPoint }: QuantisationConfig,
  tensors: ReadonlyMap<string, StoredTensor>,
): QuantisedMatrix | string {
  const layout = { bits, N, K, block: groupSize ?? K };
  const blocks = blocksOfRow(layout);
  const packed = bytesOf(tensors, name, 'U8', [N, rowBytes(layout)], layout);
  if (typeof packed === 'string') return packed;
  const scaleBytes = bytesOf(tensors, scalesOf(name), 'F32', [N, blocks], layout);
  if (typeof scaleBytes === 'string') return scaleBytes;
  const zeros = zeroPoint ? bytesOf(tensors, zerosOf(name), 'U8', [N, blocks], layout) : null;
  if (typeof zeros === 'string') return zeros;
  const scales = numberFormats.F32.decode(scaleBytes) as Float32Array<ArrayBuffer>;
  const wrong = scales.findIndex((scale) => !Number.isFinite(scale));
  if (wrong >= 0) return `tensor ${scalesOf(name)} holds ${scales[wrong]} at element ${wrong}: scales must be finite.`;
  return { ...layout, packed, scales, zeros };
}

function bytesOf(
  tensors: ReadonlyMap<string, StoredTensor>,
  name: string,
  dtype: DType,
  shape: readonly number[],
  { bits, K, block }: { readonly bits: number; readonly K: number; readonly block: number },
): Uint8Array<ArrayBuffer> | string {
  const tensor = tensors.get(name);
  const layout = `${bits} bits with a scale for ${block === K ? 'each row' : `every ${block} columns`}`;
  const wanted = `quantization_config says ${layout}, which needs ${dtype} ${shapeText(shape)}`;
  if (!tensor) return `tensor ${name} is missing: ${wanted}.`;
  if (tensor.dtype !== dtype || shapeText(tensor.shape) !== shapeText(shape)) {
    return `tensor ${name} is ${tensor.dtype} ${shapeText(tensor.shape)}, but ${wanted}: the file was quantised in another layout.`;
  }
  return tensor.data as Uint8Array<ArrayBuffer>;
}
