/** `count` workgroups folded into two dimensions, each at most 65,535; a kernel that folds checks its own end. */
export function grid(count: number): [number, number, number] {
  const height = Math.max(1, Math.ceil(count / 65535));
  return [Math.ceil(count / height), height, 1];
}
