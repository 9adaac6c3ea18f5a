package dev.locret.engine;

import dev.locret.backend.KvSlice;
import dev.locret.common.ErrorId;
import dev.locret.common.LocretException;
import dev.locret.engine.ContextFiles.Loaded;
import dev.locret.engine.ContextFiles.Stamp;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.function.BooleanSupplier;

/**
 * Contexts that were read, by name: in memory, and on disk if there is a directory for them. Those on disk leave the
 * memory when it is needed; without a directory they stay until they are removed.
 */
final class ContextStore {
    /** Key in the memory that contexts share with prefixes. */
    private record Name(String value) {}

    private final SnapshotMemory memory;
    private final ContextFiles files;
    private final List<KvSlice> slices;
    private final int vocabulary;
    /** What memory holds, or held: a context that is on disk may have left it. */
    private final Map<String, ContextInfo> inMemory = new ConcurrentSkipListMap<>();

    /**
     * @param files the directory, or null for none
     */
    ContextStore(EngineParts parts, ContextFiles files) {
        this.memory = parts.snapshots();
        this.files = files;
        this.slices = parts.caches().get(0).slices();
        this.vocabulary = parts.config().vocabularySize();
    }

    boolean savesFiles() {
        return files != null;
    }

    /** Fails with {@code contexts-full} unless a context of so many bytes can be kept. */
    void requireRoom(String name, long bytes) {
        if (files == null) {
            memory.requireRoom(new Name(name), bytes);
        } else {
            files.requireRoom(bytes);
        }
    }

    /** The context, or null. */
    synchronized ReadContext find(String name) {
        Loaded known = (Loaded) memory.get(new Name(name));
        if (files == null) {
            return known == null ? null : known.context();
        }
        Stamp stamp = files.stamp(name);
        if (known != null && known.stamp().equals(stamp)) {
            return known.context();
        }
        forget(name);
        Loaded loaded = stamp == null ? null : files.load(name, slices, vocabulary);
        if (loaded != null) {
            remember(loaded, false);
        }
        return loaded == null ? null : loaded.context();
    }

    /**
     * Keeps a context in the place of an older one of its name.
     *
     * @param wanted asked before it takes that place: false leaves all as it was
     * @throws LocretException {@code contexts-full}, {@code context-not-saved}
     */
    void keep(ReadContext context, BooleanSupplier wanted) {
        if (files == null) {
            memory.requireRoom(new Name(context.name()), context.bytes());
            if (wanted.getAsBoolean()) {
                remember(new Loaded(context, null), true);
            }
            return;
        }
        try {
            Stamp stamp = files.write(context, wanted);
            if (stamp != null) {
                remember(new Loaded(context, stamp), false);
            }
        } catch (IOException e) {
            throw new LocretException(
                    ErrorId.CONTEXT_NOT_SAVED, "contexts: not saved: context=" + context.name() + ": " + e, e);
        }
    }

    private synchronized void remember(Loaded loaded, boolean fixed) {
        ReadContext context = loaded.context();
        memory.put(new Name(context.name()), loaded, context.bytes(), fixed);
        inMemory.put(context.name(), context.info());
    }

    private void forget(String name) {
        memory.remove(new Name(name));
        inMemory.remove(name);
    }

    /** Returns whether there was such a context. */
    synchronized boolean remove(String name) {
        boolean kept = inMemory.containsKey(name);
        forget(name);
        return files == null ? kept : files.remove(name);
    }

    int count() {
        return files == null ? inMemory.size() : files.count();
    }

    List<ContextInfo> list() {
        return files == null ? new ArrayList<>(inMemory.values()) : files.list();
    }
}
