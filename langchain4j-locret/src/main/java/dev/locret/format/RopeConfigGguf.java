package dev.locret.format;

import dev.locret.format.RopeConfig.Kind;
import dev.locret.tensor.HostTensor;

/** Rotary embedding as GGUF metadata and the {@code rope_*} tensors declare it. */
final class RopeConfigGguf {
    private static final float[] NO_FACTORS = {};
    private static final String FREQUENCIES = "rope_freqs.weight";
    private static final String LONG = "rope_factors_long.weight";
    private static final String SHORT = "rope_factors_short.weight";

    private final GgufFile file;
    private final Settings model;
    private final int contextLength;

    private RopeConfigGguf(GgufFile file, Settings model, int contextLength) {
        this.file = file;
        this.model = model;
        this.contextLength = contextLength;
    }

    /** Reads the rope settings among {@code model}, the metadata under the architecture's prefix. */
    static RopeConfig read(GgufFile file, Settings model, int headDim, int contextLength) {
        return new RopeConfigGguf(file, model, contextLength).read(headDim);
    }

    private RopeConfig read(int headDim) {
        double theta = model.number("rope.freq_base", 10_000.0);
        int dimensions = model.integer("rope.dimension_count", headDim);
        Kind kind = kind();
        double factor = factor(kind);
        boolean yarn = kind == Kind.YARN;
        return new RopeConfig(
                kind,
                theta,
                dimensions,
                factor,
                kind == Kind.NONE ? 0 : model.integer("rope.scaling.original_context_length", contextLength),
                0,
                0,
                yarn ? model.number("rope.scaling.yarn_beta_fast", 32.0) : 0,
                yarn ? model.number("rope.scaling.yarn_beta_slow", 1.0) : 0,
                attentionFactor(kind, factor),
                kind == Kind.LONGROPE ? factors(SHORT, dimensions) : NO_FACTORS,
                kind == Kind.LONGROPE ? factors(LONG, dimensions) : NO_FACTORS,
                file.tensors().containsKey(FREQUENCIES) ? factors(FREQUENCIES, dimensions) : NO_FACTORS);
    }

    private Kind kind() {
        // Converters of 2024 wrote the factors of longrope and no scaling type.
        boolean longFactors = file.tensors().containsKey(LONG);
        String absent = longFactors ? "longrope" : model.has("rope.scale_linear") ? "linear" : "none";
        String name = model.text("rope.scaling.type", absent);
        return switch (name) {
            case "none" -> longFactors ? Kind.LONGROPE : Kind.NONE;
            case "linear" -> factor(Kind.LINEAR) == 1 ? Kind.NONE : Kind.LINEAR;
            case "yarn" -> Kind.YARN;
            case "longrope" -> Kind.LONGROPE;
            default ->
                throw model.unsupported("unknown rope.scaling.type " + FormatErrors.quote(name)
                        + ", known: none, linear, yarn, longrope");
        };
    }

    private double factor(Kind kind) {
        if (kind == Kind.NONE) {
            return 1;
        }
        if (kind == Kind.LONGROPE) {
            int original = model.integer("rope.scaling.original_context_length", contextLength);
            return (double) contextLength / original;
        }
        return model.number("rope.scaling.factor", model.number("rope.scale_linear", 1.0));
    }

    /** llama.cpp multiplies yarn's own factor by the one in the file; with longrope the file states it whole. */
    private double attentionFactor(Kind kind, double factor) {
        double stated = model.number("rope.scaling.attn_factor", 0.0);
        if (kind == Kind.LONGROPE) {
            return stated;
        }
        return kind == Kind.YARN && stated != 0 && stated != 1 ? stated * (1 + 0.1 * Math.log(factor)) : 0;
    }

    private float[] factors(String name, int dimensions) {
        HostTensor tensor = file.tensors().get(name);
        if (tensor == null) {
            throw model.damaged("tensor '" + name + "' of longrope is missing");
        }
        long count = tensor.shape().elements();
        if (tensor.shape().rank() != 1
                || count != dimensions / 2
                || !tensor.type().isFloating()) {
            throw model.damaged("tensor '" + name + "' has shape " + tensor.shape() + " and type " + tensor.type()
                    + ", expected " + dimensions / 2 + " floats");
        }
        return Dequantizer.rows(tensor, 0, 1);
    }
}
