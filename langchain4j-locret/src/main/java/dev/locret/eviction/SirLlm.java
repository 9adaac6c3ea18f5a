package dev.locret.eviction;

import dev.locret.backend.Backend;
import dev.locret.backend.KvSegment;
import dev.locret.backend.Matrix;
import java.util.Set;

/**
 * Keeps tokens that the model did not expect (Yao et al., <em>SirLLM</em>, arXiv 2405.12528): an entry's score is
 * {@code -log p} of its token, the same in all layers and heads.
 */
public final class SirLlm implements EvictionPolicy {
    @Override
    public String name() {
        return "sirllm";
    }

    @Override
    public Set<Signal> signals() {
        return Set.of(Signal.SURPRISE);
    }

    @Override
    public void scoreBySurprise(Backend backend, Matrix surprise, KvSegment segment, int pooling) {
        backend.storeScores(surprise, segment, pooling);
    }

    @Override
    public ValueNormUse valueNormUse() {
        return ValueNormUse.ADD_LOGARITHM;
    }
}
