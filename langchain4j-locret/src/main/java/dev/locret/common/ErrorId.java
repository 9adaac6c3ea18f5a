package dev.locret.common;

/**
 * Stable names of the errors that a user can meet. Each has a section of the same name in
 * {@code docs/troubleshooting.md}; a name once released never changes its meaning.
 */
public enum ErrorId {
    /** An argument or option is outside its range. */
    INVALID_ARGUMENT("invalid-argument"),
    /** A file or directory is absent or cannot be read. */
    FILE_NOT_READABLE("file-not-readable"),
    /** A file that a command makes cannot be written. */
    FILE_NOT_WRITABLE("file-not-writable"),
    /** A model, heads or tokenizer file contradicts itself or ends early. */
    FILE_DAMAGED("file-damaged"),
    /** A file is sound, but of a kind, version or element type that is not read here. */
    FILE_UNSUPPORTED("file-unsupported"),
    /** The architecture, rope kind or attention kind of a model is unknown. */
    MODEL_UNSUPPORTED("model-unsupported"),
    /** Tensors and configuration of a model disagree. */
    MODEL_MISMATCH("model-mismatch"),
    /** Retaining heads belong to another model. */
    HEADS_MISMATCH("heads-mismatch"),
    /** The tokenizer is missing, damaged or of an unknown kind. */
    TOKENIZER("tokenizer"),
    /** A chat template cannot be parsed, fails, or exceeds its limits. */
    TEMPLATE("template"),
    /** A JSON schema or another grammar cannot hold an answer. */
    GRAMMAR("grammar"),
    /** Memory planned at load is more than there is. */
    NOT_ENOUGH_MEMORY("not-enough-memory"),
    /** A requested device or kernel provider is not there. */
    DEVICE_UNAVAILABLE("device-unavailable"),
    /** A device that was there fails, or a kernel does not compile. */
    DEVICE_FAILED("device-failed"),
    /** A prompt, token id or document cannot be processed. */
    INVALID_PROMPT("invalid-prompt"),
    /** A forward pass produced NaN or infinity. */
    NUMERICS("numerics"),
    /** The queue of waiting requests is full. */
    QUEUE_FULL("queue-full"),
    /** A request ran past its deadline. */
    TIMEOUT("timeout"),
    /** A request was cancelled. */
    CANCELLED("cancelled"),
    /** The engine was closed. */
    CLOSED("closed"),
    /** A model could not be fetched. */
    DOWNLOAD("download"),
    /** A context was named that was not read, or not to its end. */
    UNKNOWN_CONTEXT("unknown-context"),
    /** A context's file belongs to another model, other heads, another policy or other settings. */
    CONTEXT_MISMATCH("context-mismatch"),
    /** There is no room for another context. */
    CONTEXTS_FULL("contexts-full"),
    /** A context could not be written to disk. */
    CONTEXT_NOT_SAVED("context-not-saved"),
    /** Samples to train on are malformed, or none is left. */
    TRAINING_DATA("training-data"),
    /** A checkpoint of training belongs to another model, other data or another recipe. */
    CHECKPOINT_MISMATCH("checkpoint-mismatch");

    private final String id;

    ErrorId(String id) {
        this.id = id;
    }

    /** The name as it is printed and documented. */
    public String id() {
        return id;
    }
}
