package dev.locret.model;

import dev.locret.format.ModelConfig;
import dev.locret.format.WeightSource;
import dev.locret.tensor.HostTensor;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.Optional;
import java.util.Set;

/** A source that remembers which weights were asked for. */
class TrackedSource implements WeightSource {
    private final WeightSource source;
    private final Set<String> used = new HashSet<>();

    TrackedSource(WeightSource source) {
        this.source = source;
    }

    boolean used(String name) {
        return used.contains(name);
    }

    @Override
    public Path path() {
        return source.path();
    }

    @Override
    public ModelConfig config() {
        return source.config();
    }

    @Override
    public Set<String> names() {
        return source.names();
    }

    @Override
    public Optional<HostTensor> find(String name) {
        used.add(name);
        return source.find(name);
    }

    @Override
    public void close() {
        source.close();
    }
}
