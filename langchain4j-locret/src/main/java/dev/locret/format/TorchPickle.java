package dev.locret.format;

import dev.locret.tensor.HostTensor;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Collection;

/** The pickle of a PyTorch file: a dict of tensors by name, each the whole of a storage of its own. Protocol 2. */
final class TorchPickle {
    private final ByteArrayOutputStream out = new ByteArrayOutputStream();

    private TorchPickle() {}

    /** Tensor {@code i} lies in storage {@code i}. */
    static byte[] of(Collection<HostTensor> tensors) {
        TorchPickle pickle = new TorchPickle();
        pickle.opcodes(0x80, 2, '}', '(');
        int key = 0;
        for (HostTensor tensor : tensors) {
            pickle.text(tensor.name());
            pickle.tensor(tensor, key++);
        }
        pickle.opcodes('u', '.');
        return pickle.out.toByteArray();
    }

    /** {@code _rebuild_tensor_v2(storage, offset, shape, strides, requires_grad, backward_hooks)}. */
    private void tensor(HostTensor tensor, int key) {
        global("torch._utils", "_rebuild_tensor_v2");
        opcodes('(', '(');
        text("storage");
        global("torch", TorchCalls.storageName(tensor.type()));
        text(Integer.toString(key));
        text("cpu");
        number(tensor.shape().elements());
        opcodes('t', 'Q');
        number(0);
        long[] dims = tensor.shape().dims();
        long[] strides = new long[dims.length];
        long stride = 1;
        for (int axis = dims.length - 1; axis >= 0; axis--) {
            strides[axis] = stride;
            stride *= dims[axis];
        }
        tuple(dims);
        tuple(strides);
        opcodes(0x89);
        global("collections", "OrderedDict");
        opcodes(')', 'R', 't', 'R');
    }

    private void opcodes(int... bytes) {
        for (int b : bytes) {
            out.write(b);
        }
    }

    private void global(String module, String name) {
        out.write('c');
        out.writeBytes((module + "\n" + name + "\n").getBytes(StandardCharsets.US_ASCII));
    }

    private void text(String text) {
        byte[] utf8 = text.getBytes(StandardCharsets.UTF_8);
        out.write('X');
        out.writeBytes(little(4).putInt(utf8.length).array());
        out.writeBytes(utf8);
    }

    /** An integer of eight bytes, whatever its size. */
    private void number(long value) {
        opcodes(0x8a, 8);
        out.writeBytes(little(8).putLong(value).array());
    }

    private void tuple(long... values) {
        out.write('(');
        for (long value : values) {
            number(value);
        }
        out.write('t');
    }

    private static ByteBuffer little(int bytes) {
        return ByteBuffer.allocate(bytes).order(ByteOrder.LITTLE_ENDIAN);
    }
}
