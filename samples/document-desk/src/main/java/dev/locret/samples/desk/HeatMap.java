package dev.locret.samples.desk;

import dev.locret.engine.ContextContent;
import dev.locret.eval.Passages;
import dev.locret.eval.Passages.Passage;
import dev.locret.text.Tokenizer;
import java.util.ArrayList;
import java.util.List;

/**
 * Which parts of a document the cache kept.
 *
 * @param layers of the model
 * @param heads KV heads of a layer
 * @param shares of each token: of the KV heads that were asked for, those that kept it, 0 to 1
 * @param cells the document's passages
 */
record HeatMap(int layers, int heads, double[] shares, List<Cell> cells) {
    /** What stands for all layers, or all heads. */
    static final int ALL = -1;

    /**
     * A passage.
     *
     * @param share mean of its tokens' shares
     */
    record Cell(String text, double share) {}

    /**
     * @param layer one layer, or {@link #ALL}
     * @param head one KV head of each of these layers, or {@link #ALL}
     * @throws IllegalArgumentException if there is no such layer or head
     */
    static HeatMap of(ContextContent content, Tokenizer tokenizer, int layer, int head) {
        int layers = content.kept().length;
        int heads = content.kept()[0].length;
        requireIn("layer", layer, layers);
        requireIn("head", head, heads);
        double[] shares = new double[content.tokens().length];
        int counted = 0;
        for (int l = 0; l < layers; l++) {
            for (int h = 0; h < heads; h++) {
                if ((layer == ALL || layer == l) && (head == ALL || head == h)) {
                    counted++;
                    for (int position : content.kept()[l][h]) {
                        shares[position]++;
                    }
                }
            }
        }
        for (int i = 0; i < shares.length; i++) {
            shares[i] /= counted;
        }
        return new HeatMap(layers, heads, shares, cells(Passages.of(tokenizer, content.tokens()), shares));
    }

    private static void requireIn(String name, int index, int count) {
        if (index < ALL || index >= count) {
            throw new IllegalArgumentException("There is no " + name + " " + index + ": " + name + "s are 0 to "
                    + (count - 1) + ", " + ALL + " is all");
        }
    }

    private static List<Cell> cells(List<Passage> passages, double[] shares) {
        List<Cell> cells = new ArrayList<>();
        for (Passage passage : passages) {
            double sum = 0;
            for (int i = passage.begin(); i < passage.end(); i++) {
                sum += shares[i];
            }
            cells.add(new Cell(passage.text(), sum / (passage.end() - passage.begin())));
        }
        return cells;
    }
}
