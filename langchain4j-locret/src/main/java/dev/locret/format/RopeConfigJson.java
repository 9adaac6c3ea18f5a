package dev.locret.format;

import dev.locret.format.RopeConfig.Kind;
import java.util.Map;

/** Rotary embedding as {@code config.json} declares it, with Hugging Face's defaults. */
final class RopeConfigJson {
    private static final float[] NO_FACTORS = {};
    private static final Map<String, Kind> KINDS = Map.of(
            "default", Kind.NONE,
            "linear", Kind.LINEAR,
            "dynamic", Kind.DYNAMIC,
            "yarn", Kind.YARN,
            "llama3", Kind.LLAMA3,
            "longrope", Kind.LONGROPE,
            "su", Kind.LONGROPE);

    private final Settings config;
    private final Settings scaling;
    private final int maxPositions;

    private RopeConfigJson(Settings config, int maxPositions) {
        this.config = config;
        // Transformers 5 writes all of it, theta included, as rope_parameters.
        this.scaling = config.inner(config.has("rope_parameters") ? "rope_parameters" : "rope_scaling");
        this.maxPositions = maxPositions;
    }

    /** Reads the rope settings of heads of {@code headDim} and a model of {@code maxPositions}. */
    static RopeConfig read(Settings config, int headDim, int maxPositions) {
        return new RopeConfigJson(config, maxPositions).read(headDim);
    }

    private RopeConfig read(int headDim) {
        double theta = scaling.number("rope_theta", config.number("rope_theta", 10_000.0));
        double partial = scaling.number("partial_rotary_factor", config.number("partial_rotary_factor", 1.0));
        int dimensions = (int) (headDim * partial);
        String name = scaling.text("rope_type", scaling.text("type", "default"));
        Kind kind = KINDS.get(name);
        if (kind == null) {
            throw scaling.unsupported("unknown rope_type " + FormatErrors.quote(name)
                    + ", known: default, linear, dynamic, yarn, llama3, longrope");
        }
        return switch (kind) {
            case NONE -> RopeConfig.plain(theta, dimensions);
            case LINEAR, DYNAMIC -> scaled(kind, theta, dimensions, scaling.number("factor"));
            case YARN -> yarn(theta, dimensions);
            case LLAMA3 -> llama3(theta, dimensions);
            case LONGROPE -> longrope(theta, dimensions);
        };
    }

    private int original(Integer absent) {
        return scaling.integer(
                "original_max_position_embeddings", config.integer("original_max_position_embeddings", absent));
    }

    private RopeConfig scaled(Kind kind, double theta, int dimensions, double factor) {
        return new RopeConfig(
                kind,
                theta,
                dimensions,
                factor,
                original(maxPositions),
                0,
                0,
                0,
                0,
                0,
                NO_FACTORS,
                NO_FACTORS,
                NO_FACTORS);
    }

    private RopeConfig llama3(double theta, int dimensions) {
        return new RopeConfig(
                Kind.LLAMA3,
                theta,
                dimensions,
                scaling.number("factor"),
                scaling.integer("original_max_position_embeddings"),
                scaling.number("low_freq_factor"),
                scaling.number("high_freq_factor"),
                0,
                0,
                0,
                NO_FACTORS,
                NO_FACTORS,
                NO_FACTORS);
    }

    private RopeConfig yarn(double theta, int dimensions) {
        double factor = scaling.number("factor");
        if (!scaling.flag("truncate", true)) {
            throw scaling.unsupported("yarn with truncate=false is not known here");
        }
        return new RopeConfig(
                Kind.YARN,
                theta,
                dimensions,
                factor,
                original(maxPositions),
                0,
                0,
                scaling.number("beta_fast", 32.0),
                scaling.number("beta_slow", 1.0),
                scaling.number("attention_factor", yarnAttentionFactor(factor)),
                NO_FACTORS,
                NO_FACTORS,
                NO_FACTORS);
    }

    /** DeepSeek's form states the factor as a ratio of two; 0 leaves it to the usual formula. */
    private double yarnAttentionFactor(double factor) {
        double mscale = scaling.number("mscale", 0.0);
        double allDimensions = scaling.number("mscale_all_dim", 0.0);
        if (mscale == 0 || allDimensions == 0 || factor <= 1) {
            return 0;
        }
        return (0.1 * mscale * Math.log(factor) + 1) / (0.1 * allDimensions * Math.log(factor) + 1);
    }

    private RopeConfig longrope(double theta, int dimensions) {
        int original = original(null);
        return new RopeConfig(
                Kind.LONGROPE,
                theta,
                dimensions,
                scaling.number("factor", (double) maxPositions / original),
                original,
                0,
                0,
                0,
                0,
                scaling.number("attention_factor", 0.0),
                scaling.floats("short_factor", dimensions / 2),
                scaling.floats("long_factor", dimensions / 2),
                NO_FACTORS);
    }
}
