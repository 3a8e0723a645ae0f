// AdamW over the chunks of the flat buffers, with g = clip factor · gradient:
//   m ← m + (1 − β₁)(g − m),  v ← β₂ v + (1 − β₂) g²,  w ← w (1 − lr · decay) − lr / c₁ · m / (√v / √c₂ + ε),
// gradient ← 0, and changes[P/256] = (Σ Δw², Σ w²) of each chunk. Nothing changes where the record says not finite; a chunk of
// no group is left to another optimiser.
//
// One thread owns one chunk and walks it in vectors of four: eight loads and stores an element is what it costs, and no
// memory is shared for the sums.

struct Sizes {
  chunks: u32,
}

@group(0) @binding(0) var<uniform> sizes: Sizes;
@group(0) @binding(1) var<storage, read_write> parameters: array<vec4f>;
@group(0) @binding(2) var<storage, read_write> gradients: array<vec4f>;
@group(0) @binding(3) var<storage, read_write> first: array<vec4f>;
@group(0) @binding(4) var<storage, read_write> second: array<vec4f>;
@group(0) @binding(5) var<storage, read> groups: array<u32>;
@group(0) @binding(6) var<storage, read> rules: array<vec4f>;
@group(0) @binding(7) var<storage, read> record: array<f32>;
@group(0) @binding(8) var<storage, read_write> changes: array<vec2f>;

// Δw² and w² of four elements.
struct Sums {
  changed: vec4f,
  held: vec4f,
}

// What the rule needs of this step and of the chunk's group: loaded once, not once an element.
struct Rule {
  clip: f32,
  keep: f32,
  step: f32,
  beta1: f32,
  beta2: f32,
  epsilon: f32,
  // 1 / √c₂.
  correction: f32,
}

fn ruleOf(group: u32) -> Rule {
  let rate = record[20] * rules[group].x;
  let keep = 1.0 - rate * rules[group].y;
  return Rule(record[2], keep, rate / record[24], record[21], record[22], record[23], 1.0 / sqrt(record[25]));
}

fn update(i: u32, rule: Rule) -> Sums {
  let gradient = rule.clip * gradients[i];
  let past = first[i];
  let before = parameters[i];
  let m = past + (1.0 - rule.beta1) * (gradient - past);
  let v = rule.beta2 * second[i] + (1.0 - rule.beta2) * gradient * gradient;
  let after = before * rule.keep - rule.step * m / (sqrt(v) * rule.correction + rule.epsilon);
  first[i] = m;
  second[i] = v;
  gradients[i] = vec4f();
  parameters[i] = after;
  let change = after - before;
  return Sums(change * change, after * after);
}

@compute @workgroup_size(16)
fn main(
  @builtin(workgroup_id) workgroup: vec3u,
  @builtin(num_workgroups) workgroups: vec3u,
  @builtin(local_invocation_index) lane: u32,
) {
  let chunk = (workgroup.y * workgroups.x + workgroup.x) * 16 + lane;
  if chunk >= sizes.chunks || groups[chunk] == 0xffffffff {
    return;
  }
  var sums = Sums();
  if record[3] == 1.0 {
    let rule = ruleOf(groups[chunk]);
    for (var i = 64 * chunk; i < 64 * chunk + 64; i++) {
      let own = update(i, rule);
      sums.changed += own.changed;
      sums.held += own.held;
    }
  }
  changes[chunk] = vec2f(dot(sums.changed, vec4f(1.0)), dot(sums.held, vec4f(1.0)));
}
