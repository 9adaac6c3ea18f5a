package dev.locret.format;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.locret.common.ErrorId;
import dev.locret.common.LocretException;
import dev.locret.tensor.DType;
import dev.locret.tensor.HostTensor;
import dev.locret.tensor.Shape;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.zip.ZipEntry;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class TorchFileTest {
    private static final int[] SHAPE = {2, 3};
    private static final int[] STRIDES = {3, 1};

    private static byte[] floats(int count) {
        ByteBuffer out = ByteBuffer.allocate(4 * count).order(ByteOrder.LITTLE_ENDIAN);
        for (int i = 0; i < count; i++) {
            out.putFloat(i);
        }
        return out.array();
    }

    /** A dict of one tensor 'w' that takes elements 1 to 6 of a storage of 7. */
    private static PickleBuilder dict() {
        return new PickleBuilder()
                .op('}')
                .op('(')
                .text("w")
                .tensor("FloatStorage", 7, 1, SHAPE, STRIDES)
                .op('u')
                .op('.');
    }

    private static void refuse(PickleBuilder pickle, ErrorId id, String what) {
        assertThatThrownBy(() -> pickle.file(floats(7)))
                .isInstanceOfSatisfying(
                        LocretException.class, e -> assertThat(e.id()).isEqualTo(id))
                .hasMessage("torch: " + what + ": test.bin");
    }

    private static PickleBuilder tensor(String type, int elements, int offset, int[] shape, int[] strides) {
        return new PickleBuilder()
                .op('}')
                .text("w")
                .tensor(type, elements, offset, shape, strides)
                .op('s')
                .op('.');
    }

    @ParameterizedTest
    @ValueSource(ints = {ZipEntry.STORED, ZipEntry.DEFLATED})
    void readsStoredAndCompressedArchives(int method) {
        TorchFile file = TorchFile.of(MappedFile.of(Path.of("test.bin"), dict().archive(floats(7), method)));
        HostTensor w = file.tensors().get("w");
        assertThat(w.type()).isEqualTo(DType.F32);
        assertThat(w.shape()).isEqualTo(Shape.of(2, 3));
        assertThat(Dequantizer.rows(w, 0, 2)).containsExactly(1, 2, 3, 4, 5, 6);
    }

    @Test
    void readsStateDictsOfModulesAndNewerProtocols() {
        // collections.OrderedDict with versions hung on it, a Parameter, SHORT_BINUNICODE, MEMOIZE, STACK_GLOBAL,
        // FRAME.
        PickleBuilder pickle = new PickleBuilder()
                .op(0x80, 4)
                .op(0x95, 0, 0, 0, 0, 0, 0, 0, 0)
                .text("collections")
                .text("OrderedDict")
                .op(0x93)
                .op(0x94)
                .op(')')
                .op('R')
                .op(0x8c, 1, 'p')
                .global("torch._utils", "_rebuild_parameter")
                .tensor("FloatStorage", 7, 0, new int[] {7}, new int[] {1})
                .op(0x88)
                .op('h', 0)
                .op(')')
                .op('R')
                .op(0x87)
                .op('R')
                .op('s')
                .op('}')
                .text("_metadata")
                .op('}')
                .op('s')
                .op('b')
                .op('.');
        HostTensor p = pickle.file(floats(7)).tensors().get("p");
        assertThat(Dequantizer.rows(p, 0, 1)).containsExactly(0, 1, 2, 3, 4, 5, 6);
    }

    @ParameterizedTest
    @CsvSource({
        "os,system",
        "posix,system",
        "builtins,eval",
        "builtins,getattr",
        "torch,load",
        "torch._utils,_rebuild_tensor",
        "subprocess,Popen",
        "collections,OrderedDict.fromkeys"
    })
    void namesWhatItDoesNotExecute(String module, String name) {
        PickleBuilder pickle = new PickleBuilder()
                .global(module, name)
                .text("touch /tmp/owned")
                .op(0x85)
                .op('R')
                .op('.');
        refuse(
                pickle,
                ErrorId.FILE_UNSUPPORTED,
                "pickle names '" + module + "." + name
                        + "', which is not allowed: only tensors are read, nothing is executed");
    }

    @Test
    void refusesOtherOpcodes() {
        refuse(
                new PickleBuilder().op('(').op('i', "os\nsystem\n").op('.'),
                ErrorId.FILE_UNSUPPORTED,
                "pickle opcode INST(0x69) at byte 3 is not allowed: only tensors are read, nothing is executed");
        refuse(
                new PickleBuilder().op(0xff),
                ErrorId.FILE_UNSUPPORTED,
                "pickle opcode (0xff) at byte 2 is not allowed: only tensors are read, nothing is executed");
        refuse(new PickleBuilder().op(0x80, 1), ErrorId.FILE_UNSUPPORTED, "pickle protocol 1, 2 to 5 are read");
        refuse(
                new PickleBuilder().text("x").op('}').op('b').op('.'),
                ErrorId.FILE_UNSUPPORTED,
                "pickle opcode BUILD on something that is not a dict is not allowed");
    }

    @Test
    void refusesTensorsThatDoNotFit() {
        refuse(
                tensor("FloatStorage", 7, 2, SHAPE, STRIDES),
                ErrorId.FILE_DAMAGED,
                "tensor 'w' of shape [2, 3] from element 2 exceeds its storage of 7 elements");
        refuse(
                tensor("FloatStorage", 7, -1, SHAPE, STRIDES),
                ErrorId.FILE_DAMAGED,
                "tensor 'w' of shape [2, 3] from element -1 exceeds its storage of 7 elements");
        refuse(
                tensor("FloatStorage", 8, 0, SHAPE, STRIDES),
                ErrorId.FILE_DAMAGED,
                "storage '0' of tensor 'w' has 28 bytes, 8 elements of F32 need more");
        refuse(
                tensor("FloatStorage", 7, 0, SHAPE, new int[] {1, 2}),
                ErrorId.FILE_UNSUPPORTED,
                "tensor 'w' is not contiguous: shape=[2, 3], strides=[1, 2]");
        refuse(
                tensor("FloatStorage", 7, 0, SHAPE, new int[] {1}),
                ErrorId.FILE_DAMAGED,
                "tensor 'w' has 2 extents and 1 strides");
        refuse(
                tensor("DoubleStorage", 7, 0, SHAPE, STRIDES),
                ErrorId.FILE_UNSUPPORTED,
                "tensors of type 'torch.DoubleStorage' are not read here");
    }

    @Test
    void refusesPicklesOfOtherThings() {
        refuse(
                new PickleBuilder().number(1).op('.'),
                ErrorId.FILE_UNSUPPORTED,
                "data.pkl does not hold tensors by name");
        refuse(
                new PickleBuilder().op('}').text("epoch").number(3).op('s').op('.'),
                ErrorId.FILE_UNSUPPORTED,
                "item 'epoch' is not a tensor");
        refuse(
                new PickleBuilder().op('}').number(1).number(3).op('s').op('.'),
                ErrorId.FILE_UNSUPPORTED,
                "pickle holds a dict whose keys are not strings");
        refuse(
                new PickleBuilder().text("x").op('Q').op('.'),
                ErrorId.FILE_DAMAGED,
                "pickle refers to something that is not a storage of tensors");
        refuse(
                new PickleBuilder().op('h', 9).op('.'),
                ErrorId.FILE_DAMAGED,
                "pickle refers to memo 9, which was never set");
        refuse(new PickleBuilder().op('.'), ErrorId.FILE_DAMAGED, "pickle takes a value from an empty stack at byte 3");
        refuse(new PickleBuilder().op('t'), ErrorId.FILE_DAMAGED, "pickle closes a group that was never opened");
        refuse(
                new PickleBuilder().op('X', "\u0001\u0000\u0000\u0010"),
                ErrorId.FILE_DAMAGED,
                "pickle holds a string of 268435457 bytes, but only 0 follow");
        refuse(new PickleBuilder().op('}'), ErrorId.FILE_DAMAGED, "pickle of 3 bytes ends early");
    }

    @Test
    void everyPrefixOfAFileIsRefused() {
        byte[] whole = dict().archive(floats(7), ZipEntry.STORED);
        for (int length = 0; length < whole.length; length++) {
            byte[] prefix = Arrays.copyOf(whole, length);
            assertThatThrownBy(() -> TorchFile.of(MappedFile.of(Path.of("cut"), prefix)))
                    .as("%d of %d bytes", length, whole.length)
                    .isInstanceOf(LocretException.class)
                    .hasMessageEndingWith(": cut");
        }
    }
}
