package dev.locret.eviction;

import static org.assertj.core.api.Assertions.assertThat;

import dev.locret.backend.Backend;
import dev.locret.backend.KvEntries;
import dev.locret.backend.KvSlice;
import dev.locret.cache.BudgetAllocation;
import dev.locret.cache.CachePlan;
import dev.locret.format.Dequantizer;
import dev.locret.format.ModelConfig;
import dev.locret.format.WeightSource;
import java.util.Arrays;

/** What a layer held before an eviction, compared with what it holds after it. */
final class EvictionCheck {
    private final Backend backend;
    private final KvSlice slice;
    private final CachePlan plan;
    private final int budget;
    private final int recent;
    private final boolean decays;
    private final KvEntries before;
    private final float[] keys;
    private final float[] values;
    private final float[][] scores;

    EvictionCheck(
            Backend backend,
            int layer,
            KvSlice slice,
            EvictionPolicy policy,
            CachePlan plan,
            int budget,
            int recent,
            int tokens,
            WeightSource weights) {
        this.backend = backend;
        this.slice = slice;
        this.plan = plan;
        this.budget = budget;
        this.recent = recent;
        this.decays = policy.decays();
        // Scoring all entries twice gives the same scores, so they can be read before the eviction scores them again.
        policy.scoreEntries(backend, layer, slice);
        this.before = backend.copyEntries(slice);
        this.keys = before.keyFloats();
        this.values = before.valueFloats();
        this.scores = new float[slice.kvHeads()][];
        for (int head = 0; head < scores.length; head++) {
            scores[head] = compared(policy, weights, layer, head, tokens);
        }
    }

    /** The scores that decide: faded with age, pooled over neighbours, combined with the norms of values. */
    private float[] compared(EvictionPolicy policy, WeightSource weights, int layer, int head, int tokens) {
        int length = before.lengths()[head];
        float[] raw = Arrays.copyOfRange(before.scores(), before.first(head), before.first(head) + length);
        for (int entry = 0; policy.decays() && entry < length; entry++) {
            int age = tokens + 1 - before.positions()[before.first(head) + entry];
            raw[entry] = (float) (-Math.log(1 + Math.exp(-raw[entry])) * age);
        }
        float[] out = new float[length];
        ModelConfig config = weights.config();
        float[] projection = Dequantizer.rows(
                weights.require(
                        "model.layers." + layer + ".self_attn.o_proj.weight",
                        config.hiddenSize(),
                        config.heads() * config.headDim()),
                0,
                config.hiddenSize());
        boolean norm = plan.retention().valueNorm();
        int reach = policy.poolingAtEviction(plan.scorePooling()) / 2;
        for (int entry = 0; entry < length; entry++) {
            float best = Float.NEGATIVE_INFINITY;
            for (int near = Math.max(0, entry - reach); near <= Math.min(length - 1, entry + reach); near++) {
                best = Math.max(best, raw[near]);
            }
            out[entry] = switch (norm ? policy.valueNormUse() : ValueNormUse.NONE) {
                case NONE -> best;
                case ADD_LOGARITHM -> best + (float) Math.log(norm(config, projection, head, entry));
                case MULTIPLY -> best * (float) norm(config, projection, head, entry);
            };
        }
        return out;
    }

    /** What the value of an entry adds to the output, by the definition. */
    private double norm(ModelConfig config, float[] w, int head, int entry) {
        int dim = config.headDim();
        int value = (before.first(head) + entry) * dim;
        double square = 0;
        for (int row = 0; row < config.hiddenSize(); row++) {
            for (int query = head * config.groupSize(); query < (head + 1) * config.groupSize(); query++) {
                double sum = 0;
                for (int j = 0; j < dim; j++) {
                    sum += (double) w[(row * config.heads() + query) * dim + j] * values[value + j];
                }
                square += sum * sum;
            }
        }
        return Math.sqrt(square);
    }

    void verify() {
        KvEntries after = backend.copyEntries(slice);
        float[] keysAfter = after.keyFloats();
        float[] valuesAfter = after.valueFloats();
        boolean pooled = plan.retention().allocation() == BudgetAllocation.POOLED;
        int least = pooled ? plan.retention().least(budget) : budget;
        int most = pooled ? 2 * budget : budget;
        float worstKept = Float.POSITIVE_INFINITY;
        float bestDropped = Float.NEGATIVE_INFINITY;
        for (int head = 0; head < slice.kvHeads(); head++) {
            int length = after.lengths()[head];
            assertThat(length).isBetween(Math.min(least, before.lengths()[head]), most);
            float[] bounds = verifyHead(after, keysAfter, valuesAfter, head);
            requireAbove(bounds[0], bounds[1]);
            if (length > least) {
                worstKept = Math.min(worstKept, bounds[0]);
            }
            if (length < most) {
                bestDropped = Math.max(bestDropped, bounds[1]);
            }
        }
        if (pooled) {
            requireAbove(worstKept, bestDropped);
        }
        assertThat(after.entries()).isEqualTo(Math.min(before.entries(), budget * slice.kvHeads()));
    }

    /** Norms and decays are computed in another order there: scores may differ by some roundings. */
    private void requireAbove(float kept, float dropped) {
        float tolerance = plan.retention().valueNorm() || decays ? 1e-5f * Math.max(1, Math.abs(dropped)) : 0;
        assertThat(kept).isGreaterThanOrEqualTo(dropped - tolerance);
    }

    /** Returns the lowest score that was kept and the highest that was not, among entries that were not forced. */
    private float[] verifyHead(KvEntries after, float[] keysAfter, float[] valuesAfter, int head) {
        int[] kept = backend.downloadPositions(slice, head);
        assertThat(kept).isSorted().doesNotHaveDuplicates();
        float worstKept = Float.POSITIVE_INFINITY;
        float bestDropped = Float.NEGATIVE_INFINITY;
        for (int entry = 0; entry < before.lengths()[head]; entry++) {
            int from = before.first(head) + entry;
            int position = before.positions()[from];
            int to = Arrays.binarySearch(kept, position);
            boolean forced = entry >= before.lengths()[head] - recent || position < plan.pinnedTokens();
            if (to >= 0) {
                // An entry moves with all that belongs to it.
                requireSameRow(keysAfter, after.first(head) + to, keys, from);
                if (!plan.retention().mergeEvicted()) {
                    requireSameRow(valuesAfter, after.first(head) + to, values, from);
                }
                assertThat(after.scores()[after.first(head) + to]).isEqualTo(before.scores()[from]);
            }
            if (forced) {
                assertThat(to).as("forced entry %s of head %s", entry, head).isNotNegative();
            } else if (to >= 0) {
                worstKept = Math.min(worstKept, scores[head][entry]);
            } else {
                bestDropped = Math.max(bestDropped, scores[head][entry]);
            }
        }
        return new float[] {worstKept, bestDropped};
    }

    private void requireSameRow(float[] after, int to, float[] earlier, int from) {
        int dim = slice.headDim();
        assertThat(Arrays.equals(after, to * dim, (to + 1) * dim, earlier, from * dim, (from + 1) * dim))
                .isTrue();
    }
}
