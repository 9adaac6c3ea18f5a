package dev.locret.eval;

/** Wilson's interval: how far a share found in a sample may be from the true one, with 95 % confidence. */
record Wilson(double low, double high) {
    private static final double Z = 1.959964;

    /**
     * @param found successes; scores between 0 and 1 count in part
     * @param of tries, at least one
     */
    static Wilson of(double found, int of) {
        double share = found / of;
        double zz = Z * Z / of;
        double centre = (share + zz / 2) / (1 + zz);
        double half = Z / (1 + zz) * Math.sqrt(share * (1 - share) / of + zz / (4 * of));
        return new Wilson(Math.max(0, centre - half), Math.min(1, centre + half));
    }
}
