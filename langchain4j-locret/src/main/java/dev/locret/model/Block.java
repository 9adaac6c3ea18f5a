package dev.locret.model;

import dev.locret.backend.Matrix;
import dev.locret.backend.Projection;
import java.util.List;

/**
 * A layer's weights with the matrices that they write to: made once, so that a forward has none to make.
 *
 * @param weights of the layer
 * @param output adds to the residual stream
 * @param down adds to the residual stream
 */
record Block(
        DecoderWeights.Layer weights,
        List<Projection> qkv,
        Projection output,
        List<Projection> gateUp,
        List<Projection> down) {

    /**
     * @param residual the stream of hidden rows that the block adds to
     */
    static Block of(DecoderWeights.Layer weights, Matrix qkv, Matrix gateUp, Matrix residual) {
        return new Block(
                weights,
                into(weights.qkv(), qkv),
                weights.output().into(residual),
                into(weights.gateUp(), gateUp),
                List.of(weights.down().into(residual)));
    }

    private static List<Projection> into(List<DecoderWeights.Part> parts, Matrix out) {
        return parts.stream().map(part -> part.into(out)).toList();
    }
}
