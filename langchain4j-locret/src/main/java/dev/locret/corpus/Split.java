package dev.locret.corpus;

/** What words and wordings are for; those of one are never used for the other. */
public enum Split {
    TRAINING,
    EVALUATION;

    /** Every so manieth word is for evaluation. */
    private static final int EVALUATION_SHARE = 4;

    /** Where a word of a list belongs. */
    static Split ofIndex(int index) {
        return index % EVALUATION_SHARE == EVALUATION_SHARE - 1 ? EVALUATION : TRAINING;
    }
}
