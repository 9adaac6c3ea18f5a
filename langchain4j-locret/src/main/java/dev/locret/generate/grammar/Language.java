package dev.locret.generate.grammar;

import dev.locret.generate.TokenConstraint;

/** What answers can be held to, token by token. Immutable and safe for several threads. */
public interface Language {
    /**
     * Begins an answer.
     *
     * @throws dev.locret.common.LocretException ({@code grammar}) if nothing belongs to the language
     */
    TokenConstraint start(TokenVocabulary vocabulary);
}
