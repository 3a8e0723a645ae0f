/** out = scaleA · a + scaleB · b, or scaleA · a without a b; a unit is 1024 elements. */

const each: i32 = 1024;

export function add(args: usize, begin: i32, end: i32, _scratch: usize): void {
  const a = load<u32>(args, 0) as usize;
  const b = load<u32>(args, 4) as usize;
  const out = load<u32>(args, 8) as usize;
  const last = min(end * each, load<i32>(args, 12));
  const scaleA = load<f32>(args, 16);
  const scaleB = load<f32>(args, 20);
  const factorA = f32x4.splat(scaleA);
  const factorB = f32x4.splat(scaleB);
  let i = begin * each;
  for (; i + 4 <= last; i += 4) {
    const place = (i as usize) << 2;
    let sum = f32x4.mul(factorA, v128.load(a + place));
    if (b) sum = f32x4.add(sum, f32x4.mul(factorB, v128.load(b + place)));
    v128.store(out + place, sum);
  }
  for (; i < last; i++) {
    const place = (i as usize) << 2;
    let sum = scaleA * load<f32>(a + place);
    if (b) sum += scaleB * load<f32>(b + place);
    store<f32>(out + place, sum);
  }
}
