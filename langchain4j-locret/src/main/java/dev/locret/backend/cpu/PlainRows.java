package dev.locret.backend.cpu;

import dev.locret.backend.KvRows;
import dev.locret.backend.KvSlice;

/** Keys and values as floats. */
final class PlainRows implements CacheRows {
    private final CacheLayout layout;
    private final int dim;
    private final int width;
    private final float[] keys;
    private final float[] values;

    PlainRows(CacheLayout layout) {
        KvSlice cache = layout.cache();
        this.layout = layout;
        this.dim = cache.headDim();
        this.width = layout.width();
        this.keys = CpuBuffer.floats(cache.keys());
        this.values = CpuBuffer.floats(cache.values());
    }

    @Override
    public void putKey(float[] newKeys, int from, int head, int entry) {
        int at = layout.key(head, entry);
        for (int j = 0; j < dim; j++) {
            keys[at + j * width] = newKeys[from + j];
        }
    }

    @Override
    public void putValue(float[] newValues, int from, int head, int entry) {
        for (int panel = 0; panel < layout.valuePanels(); panel++) {
            int done = panel * width;
            int count = Math.min(width, dim - done);
            System.arraycopy(newValues, from + done, values, layout.value(head, panel, entry), count);
        }
    }

    @Override
    public void take(int head, int entry, KvRows outKeys, KvRows outValues, int row) {
        int at = layout.key(head, entry);
        for (int j = 0; j < dim; j++) {
            outKeys.plain()[row * dim + j] = keys[at + j * width];
        }
        for (int panel = 0; panel < layout.valuePanels(); panel++) {
            int done = panel * width;
            int count = Math.min(width, dim - done);
            System.arraycopy(values, layout.value(head, panel, entry), outValues.plain(), row * dim + done, count);
        }
    }

    @Override
    public void set(KvRows inKeys, KvRows inValues, int row, int head, int entry) {
        putKey(inKeys.plain(), row * dim, head, entry);
        putValue(inValues.plain(), row * dim, head, entry);
    }

    @Override
    public void moveKey(int from, int to) {
        int source = layout.key(from);
        int target = layout.key(to);
        for (int j = 0; j < dim; j++) {
            keys[target + j * width] = keys[source + j * width];
        }
    }

    @Override
    public void packValues(int head, int[] kept, int count, int first, int region) {
        for (int panel = 0; panel < layout.valuePanels(); panel++) {
            int target = layout.value(first, region, panel, 0);
            for (int to = 0; to < count; to++) {
                int source = layout.value(head, panel, kept[to]);
                if (source != target + to * width) {
                    System.arraycopy(values, source, values, target + to * width, width);
                }
            }
        }
    }

    @Override
    public void spreadValues(int head, int count, int first, int region) {
        for (int panel = layout.valuePanels() - 1; panel >= 0; panel--) {
            int source = layout.value(first, region, panel, 0);
            System.arraycopy(values, source, values, layout.value(head, panel, 0), count * width);
        }
    }
}
