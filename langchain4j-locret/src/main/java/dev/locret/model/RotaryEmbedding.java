package dev.locret.model;

import dev.locret.backend.Backend;
import dev.locret.backend.RotaryTable;
import dev.locret.common.Checks;
import dev.locret.common.ErrorId;
import dev.locret.common.LocretException;
import dev.locret.format.ModelConfig;
import dev.locret.format.RopeConfig;

/**
 * Cosines and sines of a model's rotary embedding. Frequencies and angles are rounded to float where Hugging Face
 * rounds them, so that results agree at large positions.
 */
public final class RotaryEmbedding {
    /** Which factors longrope uses. */
    public enum Factors {
        /** The long ones always, as the Locret authors do. */
        LONG,
        /**
         * The short ones for a text inside the original window, as Hugging Face does. A text that leaves it while it is
         * being answered goes on with the long ones; what was computed before stays, where Hugging Face starts over.
         */
        AUTO;

        /** By name, as options give it. */
        public static Factors of(String name) {
            return switch (Checks.notNull("rope-factors", name)) {
                case "long" -> LONG;
                case "auto" -> AUTO;
                default ->
                    throw new LocretException(
                            ErrorId.INVALID_ARGUMENT,
                            "unknown rope-factors: rope-factors=" + name + ", allowed=long, auto");
            };
        }
    }

    private RotaryEmbedding() {}

    /**
     * @param positions positions to cover
     * @param within whether for texts inside the original window, where longrope takes the short factors and dynamic
     *     scaling does nothing
     */
    static RotaryTable load(Backend backend, ModelConfig config, int positions, boolean within) {
        RopeConfig rope = config.rope();
        float[] frequencies = frequencies(config, positions, within);
        float scale = (float) attentionFactor(config);
        int half = rope.dimensions() / 2;
        float[] cosines = new float[Math.multiplyExact(positions, half)];
        float[] sines = new float[cosines.length];
        for (int p = 0; p < positions; p++) {
            for (int j = 0; j < half; j++) {
                float angle = p * frequencies[j];
                cosines[p * half + j] = (float) Math.cos(angle) * scale;
                sines[p * half + j] = (float) Math.sin(angle) * scale;
            }
        }
        return backend.loadRotary(cosines, sines, positions, rope.dimensions());
    }

    /** Bytes of a table. */
    static long bytes(ModelConfig config, int positions) {
        return 16L * positions * (config.rope().dimensions() / 2);
    }

    static float[] frequencies(ModelConfig config, int positions, boolean within) {
        RopeConfig rope = config.rope();
        float[] plain = plain(rope.theta(), rope.dimensions());
        if (rope.frequencyFactors().length > 0) {
            return divide(plain, rope.frequencyFactors());
        }
        return switch (rope.kind()) {
            case NONE -> plain;
            case LINEAR -> scale(plain, 1 / rope.factor());
            case DYNAMIC -> within ? plain : dynamic(rope, positions);
            case LLAMA3 -> llama3(rope, plain);
            case YARN -> yarn(rope, plain);
            case LONGROPE -> divide(plain, within ? rope.shortFactors() : rope.longFactors());
        };
    }

    /** Factor on cosines and sines: longrope and yarn sharpen the attention of a stretched window. */
    static double attentionFactor(ModelConfig config) {
        RopeConfig rope = config.rope();
        if (rope.attentionFactor() > 0) {
            return rope.attentionFactor();
        }
        return switch (rope.kind()) {
            case LONGROPE -> {
                double stretch = (double) config.contextLength() / rope.originalContext();
                yield stretch <= 1 ? 1 : Math.sqrt(1 + Math.log(stretch) / Math.log(rope.originalContext()));
            }
            case YARN -> rope.factor() <= 1 ? 1 : 0.1 * Math.log(rope.factor()) + 1;
            default -> 1;
        };
    }

    private static float[] plain(double theta, int dimensions) {
        float[] out = new float[dimensions / 2];
        for (int j = 0; j < out.length; j++) {
            out[j] = 1f / (float) Math.pow(theta, (float) (2 * j) / dimensions);
        }
        return out;
    }

    private static float[] scale(float[] frequencies, double factor) {
        float[] out = new float[frequencies.length];
        for (int j = 0; j < out.length; j++) {
            out[j] = (float) (frequencies[j] * factor);
        }
        return out;
    }

    /** There are as many factors as pairs; the readers of configurations see to that. */
    private static float[] divide(float[] frequencies, float[] factors) {
        float[] out = new float[frequencies.length];
        for (int j = 0; j < out.length; j++) {
            out[j] = frequencies[j] / factors[j];
        }
        return out;
    }

    /** NTK scaling for a text of so many positions: the base grows once they leave the original window. */
    private static float[] dynamic(RopeConfig rope, int positions) {
        double original = rope.originalContext();
        double length = Math.max(positions, original);
        double grown = rope.factor() * length / original - (rope.factor() - 1);
        int dim = rope.dimensions();
        return plain(rope.theta() * Math.pow(grown, dim / (dim - 2.0)), dim);
    }

    private static float[] llama3(RopeConfig rope, float[] plain) {
        double lowWavelength = rope.originalContext() / rope.lowFrequencyFactor();
        double highWavelength = rope.originalContext() / rope.highFrequencyFactor();
        float[] out = new float[plain.length];
        for (int j = 0; j < out.length; j++) {
            double wavelength = 2 * Math.PI / plain[j];
            double smooth = (rope.originalContext() / wavelength - rope.lowFrequencyFactor())
                    / (rope.highFrequencyFactor() - rope.lowFrequencyFactor());
            if (wavelength < highWavelength) {
                out[j] = plain[j];
            } else if (wavelength > lowWavelength) {
                out[j] = (float) (plain[j] / rope.factor());
            } else {
                out[j] = (float) ((1 - smooth) * plain[j] / rope.factor() + smooth * plain[j]);
            }
        }
        return out;
    }

    private static float[] yarn(RopeConfig rope, float[] plain) {
        int dim = rope.dimensions();
        double low = Math.max(0, Math.floor(correction(rope, rope.betaFast())));
        double high = Math.min(dim - 1, Math.ceil(correction(rope, rope.betaSlow())));
        double span = high == low ? 0.001 : high - low;
        float[] out = new float[plain.length];
        for (int j = 0; j < out.length; j++) {
            double ramp = Math.min(1, Math.max(0, (j - low) / span));
            out[j] = (float) (plain[j] / rope.factor() * ramp + plain[j] * (1 - ramp));
        }
        return out;
    }

    /** The dimension that turns {@code rotations} times within the original window. */
    private static double correction(RopeConfig rope, double rotations) {
        return rope.dimensions()
                * Math.log(rope.originalContext() / (rotations * 2 * Math.PI))
                / (2 * Math.log(rope.theta()));
    }
}
