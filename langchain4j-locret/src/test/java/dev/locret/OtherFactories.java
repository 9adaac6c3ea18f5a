package dev.locret;

import dev.locret.LocretChatModel.LocretChatModelBuilder;
import dev.locret.LocretStreamingChatModel.LocretStreamingChatModelBuilder;
import dev.locret.spi.LocretChatModelBuilderFactory;
import dev.locret.spi.LocretStreamingChatModelBuilderFactory;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URL;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collections;
import java.util.Enumeration;
import java.util.List;
import java.util.Map;

/** A class path on which a framework has registered factories of its own builders. */
final class OtherFactories extends ClassLoader {
    private static final Map<String, String> SERVICES = Map.of(
            "META-INF/services/" + LocretChatModelBuilderFactory.class.getName(), OtherFactory.class.getName(),
            "META-INF/services/" + LocretStreamingChatModelBuilderFactory.class.getName(),
                    OtherStreamingFactory.class.getName());

    OtherFactories(ClassLoader parent) {
        super(parent);
    }

    @Override
    public Enumeration<URL> getResources(String name) throws IOException {
        String provider = SERVICES.get(name);
        return provider == null ? super.getResources(name) : Collections.enumeration(List.of(file(provider)));
    }

    private static URL file(String content) {
        try {
            Path file = Files.createTempFile("services", ".txt");
            file.toFile().deleteOnExit();
            return Files.writeString(file, content).toUri().toURL();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    static final class OtherBuilder extends LocretChatModelBuilder {}

    static final class OtherStreamingBuilder extends LocretStreamingChatModelBuilder {}

    /** Found by its name. */
    public static final class OtherFactory implements LocretChatModelBuilderFactory {
        @Override
        public LocretChatModelBuilder get() {
            return new OtherBuilder();
        }
    }

    /** Found by its name. */
    public static final class OtherStreamingFactory implements LocretStreamingChatModelBuilderFactory {
        @Override
        public LocretStreamingChatModelBuilder get() {
            return new OtherStreamingBuilder();
        }
    }
}
