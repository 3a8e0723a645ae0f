/* Everything of a training step that is not a matrix product, for a CPU: PanGu-π with RMSNorm, RoPE, SwiGLU series
 * activation, augmented shortcut, tied head. bf16 in and out, f32 arithmetic, one pass over memory each.
 *
 * Why: PyTorch's bf16 element-wise operations are several times slower than memory, and every one is a pass of its own.
 * Loops are written for the compiler to vectorise (-O3 -march=native -ffast-math); rows are shared out with OpenMP.
 * Letters: N = B·T rows, C width, H heads, D head size, F FFN width, R shortcut bottleneck, V vocabulary, n branches.
 */
#include <math.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

typedef uint16_t bf16;
#define ROWS _Pragma("omp parallel for schedule(static)") for (long i = 0; i < N; i++)

static inline float up(bf16 v) {
  union { uint32_t u; float f; } bits = {(uint32_t)v << 16};
  return bits.f;
}

/* Round to nearest even; no NaN care, a NaN loss is caught in Python. */
static inline bf16 down(float v) {
  union { float f; uint32_t u; } bits = {v};
  return (bf16)((bits.u + 0x7fffu + ((bits.u >> 16) & 1u)) >> 16);
}

/* 2^f on |f| ≤ 1/2 by its Taylor polynomial (relative error 2e-7), the whole part into the exponent. */
static inline float fast_exp(float x) {
  float z = fminf(fmaxf(x, -87.0f), 88.0f) * 1.44269504f, whole = rintf(z), f = z - whole;
  float p = 1.0f + f * (0.69314718f + f * (0.24022651f + f * (0.05550411f + f * (0.00961813f + f * 0.00133336f))));
  union { int32_t i; float f; } bits = {((int32_t)whole + 127) << 23};
  return p * bits.f;
}

static inline float sigmoid(float x) { return 1.0f / (1.0f + fast_exp(-x)); }

/* y = x + delta (delta may be null), h = y / rms(y) ⊙ w; rstd kept for the backward pass. */
void norm_forward(const float *restrict x, const bf16 *restrict delta, float *restrict y, const float *restrict w, bf16 *restrict h, float *restrict rstd, long N, long C, float eps) {
  ROWS {
    const float *restrict in = x + i * C;
    float *restrict out = y + i * C, square = 0;
    if (delta)
      for (long c = 0; c < C; c++) out[c] = in[c] + up(delta[i * C + c]);
    else if (out != in)
      memcpy(out, in, C * sizeof(float));
    for (long c = 0; c < C; c++) square += out[c] * out[c];
    float r = rstd[i] = 1.0f / sqrtf(square / C + eps);
    for (long c = 0; c < C; c++) h[i * C + c] = down(out[c] * r * w[c]);
  }
}

/* dx += ∂norm, dw += Σ rows; dx16 is dx again in bf16 for the product that comes next. */
void norm_backward(const bf16 *restrict dh, const float *restrict x, const float *restrict w, const float *restrict rstd, float *restrict dx, bf16 *restrict dx16, float *restrict dw, long N, long C) {
#pragma omp parallel
  {
    float *restrict local = calloc(C, sizeof(float));
#pragma omp for schedule(static)
    for (long i = 0; i < N; i++) {
      const float *restrict in = x + i * C, r = rstd[i];
      const bf16 *restrict g = dh + i * C;
      float *restrict out = dx + i * C, dot = 0;
      for (long c = 0; c < C; c++) {
        float t = up(g[c]) * in[c];
        dot += t * w[c];
        local[c] += t * r;
      }
      dot *= r * r / C;
      for (long c = 0; c < C; c++) {
        float v = out[c] + r * (up(g[c]) * w[c] - in[c] * dot);
        out[c] = v;
        dx16[i * C + c] = down(v);
      }
    }
#pragma omp critical
    for (long c = 0; c < C; c++) dw[c] += local[c];
    free(local);
  }
}

/* y [N, 3C+R] = q | k | v | s  →  q (scaled, turned), k (turned), v as [B, H, T, D]; gelu_tanh(s) into a[:, C:]. */
void split_forward(const bf16 *restrict y, const float *restrict cosine, const float *restrict sine, bf16 *restrict q, bf16 *restrict k, bf16 *restrict v, bf16 *restrict a, long N, long T, long H,
                   long D, long R, float scale) {
  long C = H * D, half = D / 2;
  ROWS {
    const bf16 *restrict row = y + i * (3 * C + R);
    const float *restrict cs = cosine + (i % T) * half, *restrict sn = sine + (i % T) * half;
    for (long h = 0; h < H; h++) {
      long at = (((i / T) * H + h) * T + i % T) * D;
      const bf16 *restrict qi = row + h * D, *restrict ki = qi + C;
#pragma GCC ivdep
      for (long j = 0; j < half; j++) {
        float q0 = up(qi[j]) * scale, q1 = up(qi[j + half]) * scale, k0 = up(ki[j]), k1 = up(ki[j + half]);
        q[at + j] = down(q0 * cs[j] - q1 * sn[j]);
        q[at + j + half] = down(q1 * cs[j] + q0 * sn[j]);
        k[at + j] = down(k0 * cs[j] - k1 * sn[j]);
        k[at + j + half] = down(k1 * cs[j] + k0 * sn[j]);
      }
      memcpy(v + at, row + 2 * C + h * D, D * sizeof(bf16));
    }
    for (long r = 0; r < R; r++) {
      float s = up(row[3 * C + r]);
      a[i * (C + R) + C + r] = down(s * sigmoid(1.59576912f * (s + 0.044715f * s * s * s)));
    }
  }
}

/* The way back: dq, dk, dv [B, H, T, D] and da [N, C+R] → dy [N, 3C+R]. */
void split_backward(const bf16 *restrict y, const float *restrict cosine, const float *restrict sine, const bf16 *restrict dq, const bf16 *restrict dk, const bf16 *restrict dv, const bf16 *restrict da,
                    bf16 *restrict dy, long N, long T, long H, long D, long R, float scale) {
  long C = H * D, half = D / 2;
  ROWS {
    bf16 *restrict row = dy + i * (3 * C + R);
    const float *restrict cs = cosine + (i % T) * half, *restrict sn = sine + (i % T) * half;
    for (long h = 0; h < H; h++) {
      long at = (((i / T) * H + h) * T + i % T) * D;
      bf16 *restrict qo = row + h * D, *restrict ko = qo + C;
#pragma GCC ivdep
      for (long j = 0; j < half; j++) {
        float q0 = up(dq[at + j]) * scale, q1 = up(dq[at + j + half]) * scale, k0 = up(dk[at + j]), k1 = up(dk[at + j + half]);
        qo[j] = down(q0 * cs[j] + q1 * sn[j]);
        qo[j + half] = down(q1 * cs[j] - q0 * sn[j]);
        ko[j] = down(k0 * cs[j] + k1 * sn[j]);
        ko[j + half] = down(k1 * cs[j] - k0 * sn[j]);
      }
      memcpy(row + 2 * C + h * D, dv + at, D * sizeof(bf16));
    }
    for (long r = 0; r < R; r++) {
      float s = up(y[i * (3 * C + R) + 3 * C + r]), p = sigmoid(1.59576912f * (s + 0.044715f * s * s * s));
      float slope = p + s * p * (1 - p) * 1.59576912f * (1 + 0.134145f * s * s);
      row[3 * C + r] = down(up(da[i * (C + R) + C + r]) * slope);
    }
  }
}

/* [B, H, T, D] → the first C columns of a [N, C+R], and back. */
void merge_heads(const bf16 *restrict o, bf16 *restrict a, long N, long T, long H, long D, long R) {
  ROWS for (long h = 0; h < H; h++)
    memcpy(a + i * (H * D + R) + h * D, o + (((i / T) * H + h) * T + i % T) * D, D * sizeof(bf16));
}

void part_heads(const bf16 *restrict a, bf16 *restrict o, long N, long T, long H, long D, long R) {
  ROWS for (long h = 0; h < H; h++)
    memcpy(o + (((i / T) * H + h) * T + i % T) * D, a + i * (H * D + R) + h * D, D * sizeof(bf16));
}

/* Causal softmax in place over N = B·H·T rows of T scores; keys after the query become 0. */
void softmax_forward(bf16 *restrict s, long N, long T) {
  ROWS {
    bf16 *restrict row = s + i * T;
    long seen = i % T + 1;
    float e[seen], top = -1e30f, sum = 0;
    for (long j = 0; j < seen; j++) top = fmaxf(top, up(row[j]));
    for (long j = 0; j < seen; j++) sum += e[j] = fast_exp(up(row[j]) - top);
    float inverse = 1.0f / sum;
    for (long j = 0; j < seen; j++) row[j] = down(e[j] * inverse);
    memset(row + seen, 0, (T - seen) * sizeof(bf16));
  }
}

/* dS = P ⊙ (dP − Σ P·dP), into dP. */
void softmax_backward(const bf16 *restrict p, bf16 *restrict dp, long N, long T) {
  ROWS {
    const bf16 *restrict probability = p + i * T;
    bf16 *restrict row = dp + i * T;
    long seen = i % T + 1;
    float dot = 0;
    for (long j = 0; j < seen; j++) dot += up(probability[j]) * up(row[j]);
    for (long j = 0; j < seen; j++) row[j] = down(up(probability[j]) * (up(row[j]) - dot));
    memset(row + seen, 0, (T - seen) * sizeof(bf16));
  }
}

/* a = Σ_b silu(scale_b ⊙ gate + bias_b) ⊙ up; gu [N, 2F] = gate | up. */
void series_forward(const bf16 *restrict gu, const float *restrict scale, const float *restrict bias, bf16 *restrict a, long N, long F, long n) {
  ROWS {
    const bf16 *restrict gate = gu + i * 2 * F, *restrict raised = gate + F;
    float sum[F];
    memset(sum, 0, sizeof sum);
    for (long b = 0; b < n; b++)
#pragma GCC ivdep
      for (long f = 0; f < F; f++) {
        float t = scale[b * F + f] * up(gate[f]) + bias[b * F + f];
        sum[f] += t * sigmoid(t);
      }
    for (long f = 0; f < F; f++) a[i * F + f] = down(sum[f] * up(raised[f]));
  }
}

void series_backward(const bf16 *restrict da, const bf16 *restrict gu, const float *restrict scale, const float *restrict bias, bf16 *restrict dgu, float *restrict dscale, float *restrict dbias,
                     long N, long F, long n) {
#pragma omp parallel
  {
    float *restrict ds = calloc(2 * n * F, sizeof(float)), *db = ds + n * F;
#pragma omp for schedule(static)
    for (long i = 0; i < N; i++) {
      const bf16 *restrict gate = gu + i * 2 * F, *restrict raised = gate + F;
      float sum[F], slope[F], g[F];
      memset(sum, 0, sizeof sum);
      memset(slope, 0, sizeof slope);
      for (long f = 0; f < F; f++) g[f] = up(da[i * F + f]) * up(raised[f]);
      for (long b = 0; b < n; b++)
#pragma GCC ivdep
        for (long f = 0; f < F; f++) {
          float z = up(gate[f]), t = scale[b * F + f] * z + bias[b * F + f], p = sigmoid(t), d = p * (1 + t * (1 - p));
          sum[f] += t * p;
          slope[f] += d * scale[b * F + f];
          ds[b * F + f] += g[f] * d * z;
          db[b * F + f] += g[f] * d;
        }
      for (long f = 0; f < F; f++) {
        dgu[i * 2 * F + f] = down(g[f] * slope[f]);
        dgu[i * 2 * F + F + f] = down(up(da[i * F + f]) * sum[f]);
      }
    }
#pragma omp critical
    for (long f = 0; f < n * F; f++) dscale[f] += ds[f], dbias[f] += db[f];
    free(ds);
  }
}

/* losses[i] in nats; logits [N, V] become their gradient × weight. A target below 0 counts for nothing. */
void cross_entropy(bf16 *restrict logits, const int32_t *restrict targets, float *restrict losses, long N, long V, float weight) {
  ROWS {
    bf16 *restrict row = logits + i * V;
    float e[V], top = -1e30f, sum = 0, factor = targets[i] < 0 ? 0 : weight;
    for (long j = 0; j < V; j++) top = fmaxf(top, up(row[j]));
    for (long j = 0; j < V; j++) sum += e[j] = fast_exp(up(row[j]) - top);
    long t = targets[i] < 0 ? 0 : targets[i];
    losses[i] = targets[i] < 0 ? 0 : logf(sum) + top - up(row[t]);
    for (long j = 0; j < V; j++) row[j] = down(e[j] * (factor / sum));
    row[t] = down((e[t] / sum - 1) * factor);
  }
}

/* Routing. E experts, scores [N, E]. The expert with the highest score, the smaller index of equals. */
void argmax_experts(const float *restrict scores, int32_t *restrict expert, long N, long E) {
  ROWS {
    long best = 0;
    for (long e = 1; e < E; e++)
      if (scores[i * E + e] > scores[i * E + best]) best = e;
    expert[i] = best;
  }
}

/* An integer with the order of a float. */
static inline int32_t ordered(float v) {
  union { float f; int32_t i; } bits = {v};
  return bits.i ^ ((bits.i >> 31) & 0x7fffffff);
}

static inline float unordered(int32_t key) {
  union { int32_t i; float f; } bits = {key ^ ((key >> 31) & 0x7fffffff)};
  return bits.f;
}

static long above(const int32_t *restrict keys, int32_t limit, long N) {
  int32_t count = 0;
  for (long j = 0; j < N; j++) count += keys[j] > limit;
  return count;
}

/* The k-th largest key: the smallest with fewer than k above it. Looked for around `guess`, where it lay the last time, in steps
 * that grow, then by halves. */
static int32_t kth_largest(const int32_t *restrict keys, int32_t guess, long k, long N) {
  int down = above(keys, guess, N) < k;
  int64_t low = down ? INT32_MIN : guess, high = down ? guess : INT32_MAX, step = 1 << 10;
  while (high - low > 1) {
    int64_t near = down ? high - step : low + step;
    int64_t at = step && low < near && near < high ? near : low + (high - low) / 2;
    int fewer = above(keys, at, N) < k;
    if (fewer)
      high = at;
    else
      low = at;
    step = fewer == down ? step * 4 : 0;
  }
  return high;
}

/* BASE's auction (experts.py has it in words): exactly N / E rows an expert, nearly the largest sum of scores. Returns the rounds. */
long balance_experts(const float *restrict scores, int32_t *restrict expert, long N, long E, long pinned, long most) {
  long k = N / E, round = 0, bids;
  float *restrict score = malloc(N * E * sizeof(float)), *restrict cost = calloc(N, sizeof(float)), *restrict high = malloc(N * sizeof(float)), *restrict value = malloc(N * sizeof(float));
  int32_t *restrict keys = malloc(N * sizeof(int32_t)), *restrict bidder = malloc(N * sizeof(int32_t)), guess[E];
  float least = scores[0], largest = scores[0];
  for (long i = 0; i < N * E; i++) least = fminf(least, scores[i]), largest = fmaxf(largest, scores[i]);
  for (long e = 0; e < E; e++)
    for (long j = 0; j < N; j++) score[e * N + j] = scores[j * E + e];
  float epsilon = fmaxf((largest - least) / 50, 1e-4f);
  for (long e = 0; e < E; e++) guess[e] = ordered(largest);
  for (long j = 0; j < N; j++) expert[j] = -1;
  for (;;) {
    int keeps = round > 0 && round < pinned;
    memset(high, 0, N * sizeof(float));
    memset(bidder, 0xff, N * sizeof(int32_t));
    for (long e = 0; e < E; e++) {
      const float *restrict row = score + e * N;
      for (long j = 0; j < N; j++) {
        float open = row[j] - cost[j], held = round < pinned ? largest : row[j];
        value[j] = expert[j] == e ? held : open;
        keys[j] = ordered(value[j]);
      }
      int32_t last = guess[e] = kth_largest(keys, guess[e], k, N), next = INT32_MIN;
      long ties = k - above(keys, last, N), equal = 0;
      for (long j = 0; j < N; j++) {
        equal += keys[j] == last;
        next = keys[j] < last && keys[j] > next ? keys[j] : next;
      }
      float base = unordered(equal > ties ? last : next) - epsilon;
      if (equal > ties) {
        for (long j = 0, left = ties; j < N; j++)
          if (keys[j] == last && --left < 0) keys[j] = INT32_MIN;
      }
      for (long j = 0; j < N; j++) {
        float bid = keys[j] < last ? 0 : keeps && expert[j] == e ? epsilon : value[j] - base;
        bidder[j] = bid > high[j] ? e : bidder[j];
        high[j] = fmaxf(bid, high[j]);
      }
    }
    bids = 0;
    for (long j = 0; j < N; j++) bids += bidder[j] >= 0, cost[j] += high[j];
    memcpy(expert, bidder, N * sizeof(int32_t));
    if (++round >= most || bids == N) break;
  }
  if (bids < N) {
    long count[E];
    memset(count, 0, sizeof count);
    for (long j = 0; j < N; j++)
      if (expert[j] >= 0 && count[expert[j]]++ >= k) count[expert[j]]--, expert[j] = -1;
    for (long j = 0; j < N; j++) {
      if (expert[j] >= 0) continue;
      long best = -1;
      for (long e = 0; e < E; e++)
        if (count[e] < k && (best < 0 || scores[j * E + e] > scores[j * E + best])) best = e;
      count[expert[j] = best]++;
    }
  }
  free(score), free(cost), free(high), free(value), free(keys), free(bidder);
  return round;
}

/* Rows in the order of their experts, ties by row; expert e owns the places starts[e] ≤ i < starts[e + 1]. */
void sort_by_expert(const int32_t *restrict expert, int32_t *restrict rows, int32_t *restrict starts, long N, long E) {
  int32_t at[E];
  memset(starts, 0, (E + 1) * sizeof(int32_t));
  for (long i = 0; i < N; i++) starts[expert[i] + 1]++;
  for (long e = 0; e < E; e++) at[e] = starts[e], starts[e + 1] += starts[e];
  for (long i = 0; i < N; i++) rows[at[expert[i]]++] = i;
}

/* y[i] = x[rows[i]], and the way back. */
void gather_rows(const bf16 *restrict x, const int32_t *restrict rows, bf16 *restrict y, long N, long C) {
  ROWS memcpy(y + i * C, x + rows[i] * C, C * sizeof(bf16));
}

void scatter_rows(const bf16 *restrict y, const int32_t *restrict rows, bf16 *restrict x, long N, long C) {
  ROWS memcpy(x + rows[i] * C, y + i * C, C * sizeof(bf16));
}

void embed_forward(const float *restrict table, const int32_t *restrict ids, float *restrict x, long N, long C) {
  ROWS memcpy(x + i * C, table + ids[i] * C, C * sizeof(float));
}

/* Rows may repeat, so the threads share out the columns. */
void embed_backward(const float *restrict dx, const int32_t *restrict ids, float *restrict dtable, long N, long C) {
#pragma omp parallel for schedule(static)
  for (long c = 0; c < C; c += 16)
    for (long i = 0; i < N; i++)
      for (long j = c; j < c + 16; j++) dtable[ids[i] * C + j] += dx[i * C + j];
}

void accumulate(const bf16 *restrict x, float *restrict sum, long N) { ROWS sum[i] += up(x[i]); }

/* AdamW on a flat buffer; w16 is w again in bf16 for the products. c1 and c2 are the bias corrections 1 − βᵏ. */
void adamw(float *restrict w, const float *restrict g, float *restrict m, float *restrict v, bf16 *restrict w16, long N, float factor, float lr, float decay, float b1, float b2,
           float eps, float c1, float c2) {
  ROWS {
    float t = g[i] * factor;
    m[i] = b1 * m[i] + (1 - b1) * t;
    v[i] = b2 * v[i] + (1 - b2) * t * t;
    w[i] -= lr * (decay * w[i] + m[i] / c1 / (sqrtf(v[i] / c2) + eps));
    w16[i] = down(w[i]);
  }
}
