package dev.locret.common;

/**
 * Base of every error that Locret raises on purpose. The message says what, where and both values, for example
 * {@code gguf: tensor 'blk.3.attn_q.weight' ends at byte 812 of a file of 640 bytes: model.gguf}.
 */
public class LocretException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final ErrorId id;

    public LocretException(ErrorId id, String message) {
        super(message);
        this.id = id;
    }

    public LocretException(ErrorId id, String message, Throwable cause) {
        super(message, cause);
        this.id = id;
    }

    /** The stable name of this error. */
    public ErrorId id() {
        return id;
    }
}
