package dev.locret.cli;

import dev.locret.engine.ModelHash;
import dev.locret.eviction.HeadKind;
import dev.locret.eviction.ScoringHeads;
import dev.locret.format.HeadsFile;
import dev.locret.format.WeightSource;
import java.nio.file.Path;

/** Tells heads by what is in them: those that were trained anew often have the old ones' name. */
final class ModelIdentity {
    private ModelIdentity() {}

    /** The kind of a file's heads, null without a file. */
    static HeadKind kind(Path heads) {
        return heads == null ? null : HeadKind.of(HeadsFile.open(heads).keySet(), heads.toString());
    }

    /** Hash of a file's heads, {@code none} without a file. */
    static String hash(Path heads, WeightSource weights) {
        return heads == null
                ? "none"
                : ModelHash.of(ScoringHeads.of(HeadsFile.open(heads), weights.config(), heads.toString()));
    }
}
