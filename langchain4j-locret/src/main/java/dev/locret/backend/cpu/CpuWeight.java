package dev.locret.backend.cpu;

import dev.locret.backend.DeviceWeight;
import dev.locret.common.Checks;
import dev.locret.common.ErrorId;
import dev.locret.tensor.DType;
import dev.locret.tensor.HostTensor;
import java.nio.ByteBuffer;

/**
 * A weight matrix as panels of {@link Kernels#width()} outputs. Exactly one of {@code words} and {@code floats} is set.
 */
record CpuWeight(
        String name, DType type, PanelFormat format, int rows, int columns, int width, int[] words, float[] floats)
        implements DeviceWeight {

    static CpuWeight pack(HostTensor tensor, int width) {
        PanelFormat format = PanelFormat.of(tensor.type());
        int rows = Math.toIntExact(tensor.rows());
        int columns = Math.toIntExact(tensor.columns());
        int size = Math.toIntExact(words(tensor, width));
        boolean plain = format == PanelFormat.FLOAT;
        int[] words = plain ? null : new int[size];
        float[] floats = plain ? new float[size] : null;
        int panelWords = panelWords(format, columns, width);
        WeightPacker packer = new WeightPacker(tensor.name(), tensor.type(), width);
        for (int row = 0; row < rows; row++) {
            ByteBuffer bytes = tensor.rows(row, 1);
            int at = row / width * panelWords + row % width;
            if (plain) {
                packFloats(bytes, columns, floats, at, width, packer);
            } else {
                packer.packRow(bytes, columns, words, at);
            }
        }
        return new CpuWeight(tensor.name(), tensor.type(), format, rows, columns, width, words, floats);
    }

    /** Floats to be filled by an operation. */
    static CpuWeight zeros(String name, int rows, int columns, int width) {
        int panelFloats = panelWords(PanelFormat.FLOAT, columns, width);
        float[] floats = new float[Math.multiplyExact((rows + width - 1) / width, panelFloats)];
        return new CpuWeight(name, DType.F32, PanelFormat.FLOAT, rows, columns, width, null, floats);
    }

    private static void packFloats(
            ByteBuffer bytes, int columns, float[] floats, int at, int width, WeightPacker packer) {
        for (int column = 0; column < columns; column++) {
            float value = bytes.getFloat(4 * column);
            Checks.check(Float.isFinite(value), ErrorId.FILE_DAMAGED, packer::notFinite);
            floats[at + column * width] = value;
        }
    }

    /** Words that {@link #pack} allocates. */
    static long words(HostTensor tensor, int width) {
        PanelFormat format = PanelFormat.of(tensor.type());
        long panels = (tensor.rows() + width - 1) / width;
        return Math.multiplyExact(panels, (long) panelWords(format, Math.toIntExact(tensor.columns()), width));
    }

    private static int panelWords(PanelFormat format, int columns, int width) {
        return Math.multiplyExact(Math.multiplyExact(format.groups(columns), format.groupWords()), width);
    }

    int panels() {
        return (rows + width - 1) / width;
    }

    int panelWords() {
        return panelWords(format, columns, width);
    }

    int groups() {
        return format.groups(columns);
    }

    @Override
    public long bytes() {
        return 4L * (words != null ? words.length : floats.length);
    }
}
