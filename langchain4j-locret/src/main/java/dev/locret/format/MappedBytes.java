package dev.locret.format;

import dev.locret.tensor.HostTensor;
import java.nio.ByteBuffer;

/**
 * Data of a tensor inside a mapped file.
 *
 * @param file where
 * @param tensor name, for messages
 * @param begin first byte in the file
 * @param size bytes of the tensor
 */
record MappedBytes(MappedFile file, String tensor, long begin, long size) implements HostTensor.Bytes {
    @Override
    public ByteBuffer slice(long offset, int length) {
        if (offset < 0 || length < 0 || offset > size - length) {
            throw FormatErrors.damaged(
                    "tensor",
                    length + " bytes from byte " + offset + " lie outside '" + tensor + "' of " + size + " bytes",
                    file.path());
        }
        return file.slice(begin + offset, length);
    }
}
