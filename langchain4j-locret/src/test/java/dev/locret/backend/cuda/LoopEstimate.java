package dev.locret.backend.cuda;

import java.util.Comparator;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/**
 * Cycles that one pass of a warp through a loop keeps each unit of its scheduler busy, if nothing ever waits: the largest
 * is what the loop takes at best. Rates are those of the table of arithmetic throughput in NVIDIA's CUDA C++ programming
 * guide, from memory; shared memory and the first-level cache move 128 bytes a cycle for all four schedulers.
 */
final class LoopEstimate {
    private static final Set<String> FLOATS = Set.of("FFMA", "FMUL", "FADD");
    private static final Set<String> CONVERSIONS = Set.of("I2F", "F2I", "F2F");
    private static final Set<String> OTHERS =
            Set.of("BRA", "BSSY", "BSYNC", "BAR", "NOP", "LDGDEPBAR", "DEPBAR", "CALL", "EXIT");
    /** Multiplications and additions of one HMMA.16816, times two. */
    static final double PRODUCT = 2 * 16 * 8 * 16;

    private final Map<String, Double> cycles = new TreeMap<>();

    LoopEstimate(SassLoop loop, GpuCard card) {
        loop.counts().forEach((name, count) -> add(name, count, card));
    }

    private void add(String name, int count, GpuCard card) {
        busy("issue", count);
        String base = name.replaceAll("\\..*", "");
        if (base.equals("HMMA")) {
            busy("tensor cores", count * PRODUCT / card.tensorPerCycle());
        } else if (base.startsWith("LD") && !OTHERS.contains(base) || base.startsWith("ST")) {
            int bytes = name.endsWith("128") ? 16 : name.endsWith("64") ? 8 : 4;
            busy("shared memory", count * 4 * 32.0 * bytes / 128);
        } else if (base.equals("SHFL")) {
            busy("shared memory", count * 4);
        } else if (FLOATS.contains(base)) {
            busy("f32", count * (card.chip().equals("sm_80") ? 2 : 1));
        } else if (base.equals("IMAD") || base.equals("HADD2")) {
            busy("f32", count * 2);
        } else if (base.equals("MUFU")) {
            busy("exponentials", count * 8);
        } else if (CONVERSIONS.contains(base)) {
            busy("conversions", count * (card.chip().equals("sm_90") ? 2 : 8));
        } else if (!base.startsWith("U") && !OTHERS.contains(base)) {
            busy("integers", count * 2);
        }
    }

    private void busy(String unit, double more) {
        cycles.merge(unit, more, Double::sum);
    }

    /** The unit that is busy longest. */
    String limit() {
        return cycles.entrySet().stream()
                .max(Map.Entry.comparingByValue(Comparator.naturalOrder()))
                .orElseThrow()
                .getKey();
    }

    double longest() {
        return cycles.get(limit());
    }

    double of(String unit) {
        return cycles.getOrDefault(unit, 0.0);
    }
}
