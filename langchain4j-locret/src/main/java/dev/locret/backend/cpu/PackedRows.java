package dev.locret.backend.cpu;

import dev.locret.backend.KeyMixing;
import dev.locret.backend.KvQuantizer;
import dev.locret.backend.KvRows;
import dev.locret.backend.KvSlice;

/** Keys and values of a packed type: converted once, and from then on moved as words. */
final class PackedRows implements CacheRows {
    private final CacheLayout layout;
    private final KvSlice cache;
    private final PackedRow row;
    private final int rowWords;
    private final int[] keys;
    private final int[] values;
    private final byte[] converted;
    private final float[] mixed;

    PackedRows(CacheLayout layout) {
        this.layout = layout;
        this.cache = layout.cache();
        this.row = PackedRow.of(cache.type(), cache.headDim());
        this.rowWords = row.words();
        this.keys = CpuBuffer.ints(cache.keys());
        this.values = CpuBuffer.ints(cache.values());
        this.mixed = new float[cache.headDim()];
        this.converted = new byte[(int) cache.type().rowBytes(cache.headDim())];
    }

    private int value(int place) {
        return place * rowWords;
    }

    @Override
    public void putKey(float[] newKeys, int from, int head, int entry) {
        System.arraycopy(newKeys, from, mixed, 0, mixed.length);
        if (cache.type().mixesKeys()) {
            KeyMixing.mix(mixed, 0, mixed.length);
        }
        KvQuantizer.row(cache.type(), mixed, 0, cache.headDim(), converted, 0);
        row.putKey(converted, 0, keys, layout.key(head, entry), layout.width());
    }

    @Override
    public void putValue(float[] newValues, int from, int head, int entry) {
        KvQuantizer.row(cache.type(), newValues, from, cache.headDim(), converted, 0);
        row.putValue(converted, 0, values, value(cache.first(head) + entry));
    }

    @Override
    public void take(int head, int entry, KvRows outKeys, KvRows outValues, int to) {
        row.takeKey(keys, layout.key(head, entry), layout.width(), outKeys.packed(), outKeys.at(to));
        row.takeValue(values, value(cache.first(head) + entry), outValues.packed(), outValues.at(to));
    }

    @Override
    public void set(KvRows inKeys, KvRows inValues, int from, int head, int entry) {
        row.putKey(inKeys.packed(), inKeys.at(from), keys, layout.key(head, entry), layout.width());
        row.putValue(inValues.packed(), inValues.at(from), values, value(cache.first(head) + entry));
    }

    @Override
    public void moveKey(int from, int to) {
        int source = layout.key(from);
        int target = layout.key(to);
        for (int w = 0; w < rowWords; w++) {
            keys[target + w * layout.width()] = keys[source + w * layout.width()];
        }
    }

    @Override
    public void packValues(int head, int[] kept, int count, int first, int region) {
        for (int to = 0; to < count; to++) {
            int source = value(cache.first(head) + kept[to]);
            int target = value(first + to);
            if (source != target) {
                System.arraycopy(values, source, values, target, rowWords);
            }
        }
    }

    @Override
    public void spreadValues(int head, int count, int first, int region) {
        System.arraycopy(values, value(first), values, value(cache.first(head)), count * rowWords);
    }
}
