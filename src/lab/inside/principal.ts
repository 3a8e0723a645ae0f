/**
 * Principal components of token features: the variances along them, and the plane of the first two.
 *
 * With X the centred features `[N, C]`, the variances are the eigenvalues of XᵀX / N, or of XXᵀ / N where tokens are fewer
 * than columns: the same numbers, less the zeros, from the smaller matrix.
 */
import { centred, type Features } from './features';
import { symmetricEigen } from './symmetric-eigen';

/** Variance along each principal component, largest first: min(N, C) of them, of which at most N − 1 are not zero. */
export function variances(features: Features): Float64Array {
  const { rows, columns } = features;
  const x = centred(features);
  const n = Math.min(rows, columns);
  const products = rows < columns ? productsOfRows(x, rows, columns) : productsOfColumns(x, rows, columns);
  // What is zero comes out as the rounding of the largest, of either sign.
  return symmetricEigen(products, n).values.map((value) => Math.max(0, value / rows));
}

export interface Plane {
  /** A point a row: its coordinates along the first and the second component. */
  readonly points: readonly (readonly [number, number])[];
  /** Share of all variance along the first and the second; 0 when there is none. */
  readonly shares: readonly [number, number];
}

/** The plane of most variance. Of each axis, the point farthest out is on the positive side. */
export function principalPlane(features: Features): Plane {
  const { rows, columns } = features;
  const x = centred(features);
  const axes = rows < columns ? axesOfRows(x, rows, columns) : axesOfColumns(x, rows, columns);
  const total = x.reduce((sum, value) => sum + value * value, 0);
  const [first, second] = [axes(0), axes(1)].map(facing) as [Float64Array, Float64Array];
  const share = (axis: Float64Array) => (total === 0 ? 0 : axis.reduce((sum, value) => sum + value * value, 0) / total);
  return {
    points: Array.from(first, (value, row): [number, number] => [value, second[row] as number]),
    shares: [share(first), share(second)],
  };
}

type Axes = (component: number) => Float64Array;

/** Coordinates are √λ times the unit eigenvectors of XXᵀ. */
function axesOfRows(x: Float64Array, rows: number, columns: number): Axes {
  const { values, vectors } = symmetricEigen(productsOfRows(x, rows, columns), rows);
  return (component) => {
    const length = Math.sqrt(Math.max(0, values[component] ?? 0));
    return Float64Array.from({ length: rows }, (_, row) => length * (vectors[component * rows + row] ?? 0));
  };
}

/** Coordinates are X times the unit eigenvectors of XᵀX. */
function axesOfColumns(x: Float64Array, rows: number, columns: number): Axes {
  const { vectors } = symmetricEigen(productsOfColumns(x, rows, columns), columns);
  return (component) =>
    Float64Array.from({ length: rows }, (_, row) => {
      let sum = 0;
      for (let c = 0; c < columns; c++)
        sum += (x[row * columns + c] as number) * (vectors[component * columns + c] ?? 0);
      return sum;
    });
}

function facing(axis: Float64Array): Float64Array {
  let farthest = 0;
  for (const value of axis) if (Math.abs(value) > Math.abs(farthest)) farthest = value;
  return farthest < 0 ? axis.map((value) => -value) : axis;
}

/** XXᵀ, `[N, N]`. */
function productsOfRows(x: Float64Array, rows: number, columns: number): Float64Array {
  const out = new Float64Array(rows * rows);
  for (let i = 0; i < rows; i++) {
    for (let j = 0; j <= i; j++) {
      let sum = 0;
      for (let c = 0; c < columns; c++) sum += (x[i * columns + c] as number) * (x[j * columns + c] as number);
      out[i * rows + j] = sum;
      out[j * rows + i] = sum;
    }
  }
  return out;
}

/** XᵀX, `[C, C]`. */
function productsOfColumns(x: Float64Array, rows: number, columns: number): Float64Array {
  const out = new Float64Array(columns * columns);
  for (let row = 0; row < rows; row++) {
    for (let i = 0; i < columns; i++) {
      const xi = x[row * columns + i] as number;
      for (let j = 0; j <= i; j++) {
        out[i * columns + j] = (out[i * columns + j] as number) + xi * (x[row * columns + j] as number);
      }
    }
  }
  for (let i = 0; i < columns; i++) {
    for (let j = 0; j < i; j++) out[j * columns + i] = out[i * columns + j] as number;
  }
  return out;
}
