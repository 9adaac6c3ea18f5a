package dev.locret.backend.cpu;

import java.util.Arrays;

/**
 * Selects the entries with the highest scores in linear time, by introselect step for step as the C++ library that
 * {@code torch.topk} calls on the CPU. Among equal scores the choice depends on the steps: only the same steps keep the
 * same entries as the authors' code, and equal scores are common, since a token that occurs twice has equal scores in
 * the first layer.
 */
final class TopSelection {
    private final float[] scores;
    private final int[] entries;
    private int size;

    /**
     * @param capacity most entries
     */
    TopSelection(int capacity) {
        scores = new float[capacity];
        entries = new int[capacity];
    }

    void clear() {
        size = 0;
    }

    int size() {
        return size;
    }

    /** Entries whose score, as {@link #ordered}, is at least {@code threshold}. */
    int countFrom(int threshold) {
        int count = 0;
        for (int i = 0; i < size; i++) {
            count += ordered(scores[i]) >= threshold ? 1 : 0;
        }
        return count;
    }

    /** An integer that orders as the score does; NaN is the highest. */
    static int ordered(float score) {
        // Both zeros are equal scores.
        int bits = Float.floatToIntBits(score + 0f);
        return bits ^ bits >> 31 & Integer.MAX_VALUE;
    }

    /** Adds the next entry; NaN counts as the highest score, as in torch. */
    void add(float score) {
        scores[size] = score;
        entries[size] = size;
        size++;
    }

    /**
     * Returns an array whose first {@code keep} elements are the selected entries, ascending; valid until the next use.
     */
    int[] select(int keep) {
        introselect(keep - 1);
        Arrays.sort(entries, 0, keep);
        return entries;
    }

    private void introselect(int nth) {
        int first = 0;
        int last = size;
        int depth = 2 * (31 - Integer.numberOfLeadingZeros(size));
        while (last - first > 3) {
            if (depth-- == 0) {
                // Adversarial scores only: the C++ library goes on with a heap, whose result is the same but for ties.
                insertionSort(first, last);
                return;
            }
            int cut = partition(first, last);
            if (cut <= nth) {
                first = cut;
            } else {
                last = cut;
            }
        }
        insertionSort(first, last);
    }

    private boolean before(int i, int j) {
        return scores[i] != scores[i] && scores[j] == scores[j] || scores[i] > scores[j];
    }

    private int partition(int begin, int end) {
        medianToFirst(begin, begin + 1, begin + (end - begin) / 2, end - 1);
        int first = begin + 1;
        int last = end;
        while (true) {
            while (before(first, begin)) {
                first++;
            }
            last--;
            while (before(begin, last)) {
                last--;
            }
            if (first >= last) {
                return first;
            }
            swap(first, last);
            first++;
        }
    }

    private void medianToFirst(int result, int a, int b, int c) {
        if (before(a, b)) {
            swap(result, before(b, c) ? b : before(a, c) ? c : a);
        } else {
            swap(result, before(a, c) ? a : before(b, c) ? c : b);
        }
    }

    private void insertionSort(int first, int last) {
        for (int i = first + 1; i < last; i++) {
            float score = scores[i];
            int entry = entries[i];
            int j = i;
            while (j > first && (score != score && scores[j - 1] == scores[j - 1] || score > scores[j - 1])) {
                scores[j] = scores[j - 1];
                entries[j] = entries[j - 1];
                j--;
            }
            scores[j] = score;
            entries[j] = entry;
        }
    }

    private void swap(int i, int j) {
        float score = scores[i];
        scores[i] = scores[j];
        scores[j] = score;
        int entry = entries[i];
        entries[i] = entries[j];
        entries[j] = entry;
    }
}
