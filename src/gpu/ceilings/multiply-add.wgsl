// Eight independent chains of vec4 multiply-adds a thread and one store, so that nothing but arithmetic takes time.
// Flops: 8 chains · 4 lanes · 2 · steps.
override steps: u32 = 256;

@group(0) @binding(0) var<storage, read> seeds: array<vec4f>;
@group(0) @binding(1) var<storage, read_write> sums: array<vec4f>;

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3u) {
  let factor = seeds[0];
  var a = seeds[1] + f32(id.x);
  var b = a + 1.0;
  var c = a + 2.0;
  var d = a + 3.0;
  var e = a + 4.0;
  var f = a + 5.0;
  var g = a + 6.0;
  var h = a + 7.0;
  for (var step = 0u; step < steps; step++) {
    a = fma(a, factor, b);
    b = fma(b, factor, c);
    c = fma(c, factor, d);
    d = fma(d, factor, e);
    e = fma(e, factor, f);
    f = fma(f, factor, g);
    g = fma(g, factor, h);
    h = fma(h, factor, a);
  }
  sums[id.x] = a + b + c + d + e + f + g + h;
}
