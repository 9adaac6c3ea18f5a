package dev.locret.samples.corpus;

/** What a run did: it asked those of the documents that had no answer yet, and some of them could not be asked. */
record Summary(long documents, long asked, long errors) {
    @Override
    public String toString() {
        return "%,d documents: %,d were answered before, %,d asked now, %,d of them with an error"
                .formatted(documents, documents - asked, asked, errors);
    }
}
