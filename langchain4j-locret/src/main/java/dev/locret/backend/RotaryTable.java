package dev.locret.backend;

/**
 * Cosines and sines of rotary embedding, already on the device. The first half of the rotated dimensions pairs with the
 * second half (Hugging Face's order); dimensions beyond {@code dimensions} are left alone.
 */
public interface RotaryTable {
    /** Rotated dimensions of a head. */
    int dimensions();

    /** Positions that the table covers. */
    int positions();
}
