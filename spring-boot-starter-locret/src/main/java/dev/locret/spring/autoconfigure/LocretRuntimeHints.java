package dev.locret.spring.autoconfigure;

import org.springframework.aot.hint.BindingReflectionHintsRegistrar;
import org.springframework.aot.hint.MemberCategory;
import org.springframework.aot.hint.RuntimeHints;
import org.springframework.aot.hint.RuntimeHintsRegistrar;
import org.springframework.util.ClassUtils;

/**
 * What the library looks for by name, for applications that are processed ahead of time: a native image keeps nothing else
 * that it cannot see is used. Without graphics cards, since JCuda's natives reach into far more.
 */
final class LocretRuntimeHints implements RuntimeHintsRegistrar {
    /** Tables and kernels. */
    static final String[] RESOURCES = {"dev/locret/text/*.json", "dev/locret/backend/cuda/*.cu*"};

    /** The tokenizer's native library, which is unpacked from its jar. */
    static final String NATIVE_LIBRARY = "native/lib/*";

    /** Rows of a table, which Jackson makes. */
    static final String TABLE_ROW = "dev.locret.text.PreTokenizer";

    /** There only with {@code jdk.incubator.vector}. */
    static final String VECTOR_KERNELS = "dev.locret.backend.cpu.vector.VectorKernels";

    /** What the tokenizer's native code makes. */
    static final String[] MADE_NATIVELY = {
        "ai.djl.huggingface.tokenizers.jni.CharSpan", "ai.djl.engine.EngineException",
    };

    @Override
    public void registerHints(RuntimeHints hints, ClassLoader classLoader) {
        for (String pattern : RESOURCES) {
            hints.resources().registerPattern(pattern);
        }
        hints.resources().registerPattern(NATIVE_LIBRARY);
        new BindingReflectionHintsRegistrar()
                .registerReflectionHints(hints.reflection(), ClassUtils.resolveClassName(TABLE_ROW, classLoader));
        hints.reflection()
                .registerTypeIfPresent(classLoader, VECTOR_KERNELS, MemberCategory.INVOKE_DECLARED_CONSTRUCTORS);
        for (String type : MADE_NATIVELY) {
            hints.jni().registerTypeIfPresent(classLoader, type, MemberCategory.INVOKE_DECLARED_CONSTRUCTORS);
        }
    }
}
