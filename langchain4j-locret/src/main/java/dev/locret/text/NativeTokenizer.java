package dev.locret.text;

import ai.djl.engine.EngineException;
import ai.djl.huggingface.tokenizers.jni.LibUtils;
import ai.djl.huggingface.tokenizers.jni.TokenizersLibrary;
import dev.locret.common.ErrorId;
import dev.locret.common.LocretException;
import java.lang.ref.Cleaner;
import java.lang.ref.Reference;

/**
 * One tokenizer of Hugging Face's library, as DJL packs it. Thread-safe; freed when unreachable.
 *
 * <p>DJL's own class {@code HuggingFaceTokenizer} is not used: its constructors call DJL's usage report ({@code
 * Ec2Utils.callHome}), and an encoding of it copies eight arrays out of the library where one is wanted.
 */
final class NativeTokenizer {
    private static final Cleaner CLEANER = Cleaner.create();

    /** DJL downloads a CUDA build of the library on machines with a GPU unless this says {@code cpu}. */
    private static final String FLAVOR = "RUST_FLAVOR";

    private static final String CURE =
            "; needed are Linux with glibc 2.34 or newer (Debian 12, Ubuntu 22.04, RHEL 9; not"
                    + " musl, so no Alpine image), macOS on arm64, or Windows on x86_64, and a writable cache directory"
                    + " (environment variable DJL_CACHE_DIR)";

    private final long handle;

    private NativeTokenizer(long handle) {
        this.handle = handle;
        CLEANER.register(this, () -> TokenizersLibrary.LIB.deleteTokenizer(handle));
    }

    /**
     * Builds a tokenizer from the text of a {@code tokenizer.json}.
     *
     * @throws LocretException ({@code tokenizer}) if the library cannot be loaded here, or refuses the text
     */
    static NativeTokenizer of(String json, String source) {
        load();
        try {
            return new NativeTokenizer(TokenizersLibrary.LIB.createTokenizerFromString(json));
        } catch (RuntimeException e) {
            throw new LocretException(ErrorId.TOKENIZER, "tokenizer: " + e.getMessage() + ": " + source, e);
        }
    }

    private static synchronized void load() {
        boolean set = System.getProperty(FLAVOR) == null && System.getenv(FLAVOR) == null;
        try {
            if (set) {
                System.setProperty(FLAVOR, "cpu");
            }
            LibUtils.checkStatus();
        } catch (EngineException | LinkageError e) {
            Throwable reason = e.getCause() == null ? e : e.getCause();
            throw new LocretException(
                    ErrorId.TOKENIZER, "tokenizer: the native library cannot be loaded: " + reason + CURE, e);
        } finally {
            if (set) {
                System.clearProperty(FLAVOR);
            }
        }
    }

    /** Token ids of {@code text}. */
    long[] encode(String text) {
        TokenizersLibrary library = TokenizersLibrary.LIB;
        long encoding = library.encode(handle, wellFormed(text), false);
        try {
            return library.getTokenIds(encoding);
        } finally {
            library.deleteEncoding(encoding);
            Reference.reachabilityFence(this);
        }
    }

    /** Replaces half surrogate pairs, which UTF-8 cannot express. */
    private static String wellFormed(String text) {
        StringBuilder repaired = null;
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (!Character.isSurrogate(c)) {
                continue;
            }
            if (Character.isHighSurrogate(c) && i + 1 < text.length() && Character.isLowSurrogate(text.charAt(i + 1))) {
                i++;
                continue;
            }
            if (repaired == null) {
                repaired = new StringBuilder(text);
            }
            repaired.setCharAt(i, '\uFFFD');
        }
        return repaired == null ? text : repaired.toString();
    }
}
